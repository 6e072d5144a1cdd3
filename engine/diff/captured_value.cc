#include "engine/diff/captured_value.h"

#include <algorithm>
#include <array>

namespace rdbproof {
namespace {

constexpr size_t kFirstBlock = 4 * 1024;
constexpr size_t kLargestBlock = 1024 * 1024;
constexpr size_t kBlockOfItsOwn = kLargestBlock / 4;  // from here on the rest of a block is kept
constexpr size_t kNumbers = 5;                        // of an element: two lengths, x, y, z
constexpr size_t kMostVarint = 10;

// Seven bits a byte, the lowest first.
char* write_varint(char* out, uint64_t number) {
  for (; number >= 0x80; number >>= 7) *out++ = static_cast<char>(number | 0x80);
  *out++ = static_cast<char>(number);
  return out;
}

// Reads only what write_varint() wrote.
uint64_t read_varint(const char*& in) {
  uint64_t number = 0;
  for (int shift = 0;; shift += 7) {
    const auto byte = static_cast<uint8_t>(*in++);
    number |= static_cast<uint64_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return number;
  }
}

char* write_bytes(char* out, Bytes data) {
  return std::copy(data.begin(), data.end(), out);
}

}  // namespace

void CapturedValue::add(std::span<const Element> batch) {
  if (is_too_large_) return;
  for (const Element& element : batch) {
    if (!add(element)) {
      clear();
      is_too_large_ = true;
      return;
    }
  }
}

bool CapturedValue::add(const Element& element) {
  std::array<char, 1 + kNumbers * kMostVarint> head;
  char* end = head.data();
  *end++ = static_cast<char>(element.kind);
  end = write_varint(end, element.a.size());
  end = write_varint(end, element.b.size());
  // One more, since no expiry is the greatest number.
  end = write_varint(end, element.x + 1);
  end = write_varint(end, element.y);
  end = write_varint(end, element.z);
  const Bytes numbers(head.data(), static_cast<size_t>(end - head.data()));
  char* const memory = allocate(numbers.size() + element.a.size() + element.b.size());
  if (memory == nullptr) return false;
  write_bytes(write_bytes(write_bytes(memory, numbers), element.a), element.b);
  records_.push_back(memory);
  return true;
}

char* CapturedValue::allocate(size_t size) {
  const size_t limit = most_bytes_ - std::min<uint64_t>(memory_bytes_, most_bytes_);
  if (limit < sizeof(char*)) return nullptr;
  const size_t free = limit - sizeof(char*);
  if (size > left_) {
    if (size > free) return nullptr;
    if (size > kBlockOfItsOwn) {
      blocks_.push_back(std::make_unique_for_overwrite<char[]>(size));
      memory_bytes_ += size + sizeof(char*);
      return blocks_.back().get();
    }
    block_bytes_ = std::clamp(block_bytes_ * 2, kFirstBlock, kLargestBlock);
    const size_t block = std::max(size, std::min(block_bytes_, free));
    blocks_.push_back(std::make_unique_for_overwrite<char[]>(block));
    next_ = blocks_.back().get();
    left_ = block;
    memory_bytes_ += block;
  }
  char* const memory = next_;
  next_ += size;
  left_ -= size;
  memory_bytes_ += sizeof(char*);
  return memory;
}

void CapturedValue::clear() {
  std::deque<const char*>().swap(records_);
  std::vector<std::unique_ptr<char[]>>().swap(blocks_);
  next_ = nullptr;
  left_ = block_bytes_ = 0;
  memory_bytes_ = 0;
  is_too_large_ = false;
}

Element CapturedValue::operator[](size_t position) const {
  const char* in = records_[position];
  Element element{static_cast<ElementKind>(*in++)};
  const size_t a_bytes = read_varint(in);
  const size_t b_bytes = read_varint(in);
  element.x = read_varint(in) - 1;
  element.y = read_varint(in);
  element.z = read_varint(in);
  element.a = Bytes(in, a_bytes);
  element.b = Bytes(in + a_bytes, b_bytes);
  return element;
}

}  // namespace rdbproof
