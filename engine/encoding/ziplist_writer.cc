#include "engine/encoding/ziplist_writer.h"

#include <algorithm>
#include <limits>

#include "engine/encoding/listpack_writer.h"

namespace rdbproof {
namespace {

constexpr size_t kHeaderBytes = 10;
constexpr uint64_t kUnknownCount = 65535;
constexpr size_t kIntegerTextLimit = 32;
constexpr size_t kLongPreviousLength = 254;
constexpr int64_t kLargestImmediate = 12;
constexpr char kEndMark = '\xff';

template <typename T>
bool fits(int64_t value) {
  return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

void append_le(std::string& out, char first, uint64_t value, size_t bytes) {
  char raw[9];
  raw[0] = first;
  std::memcpy(raw + 1, &value, sizeof value);
  out.append(raw, 1 + bytes);
}

}  // namespace

void ZiplistWriter::clear() {
  buffer_.assign(kHeaderBytes, '\0');
  tail_ = kHeaderBytes;
  count_ = 0;
}

void ZiplistWriter::append(Bytes value) {
  append_previous_length();
  const auto integer =
      value.size() < kIntegerTextLimit ? canonical_integer(value) : std::optional<int64_t>{};
  if (integer) {
    append_integer(*integer);
  } else {
    append_string(value);
  }
  ++count_;
}

void ZiplistWriter::append_previous_length() {
  const size_t length = count_ == 0 ? 0 : buffer_.size() - tail_;
  tail_ = buffer_.size();
  if (length < kLongPreviousLength) {
    buffer_.push_back(static_cast<char>(length));
  } else {
    append_le(buffer_, '\xfe', length, 4);
  }
}

void ZiplistWriter::append_integer(int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  if (value >= 0 && value <= kLargestImmediate) {
    buffer_.push_back(static_cast<char>(0xf1 + value));
  } else if (fits<int8_t>(value)) {
    append_le(buffer_, '\xfe', bits, 1);
  } else if (fits<int16_t>(value)) {
    append_le(buffer_, '\xc0', bits, 2);
  } else if (value >= -(1 << 23) && value < (1 << 23)) {
    append_le(buffer_, '\xf0', bits, 3);
  } else if (fits<int32_t>(value)) {
    append_le(buffer_, '\xd0', bits, 4);
  } else {
    append_le(buffer_, '\xe0', bits, 8);
  }
}

void ZiplistWriter::append_string(Bytes value) {
  const size_t length = value.size();
  if (length < 64) {
    buffer_.push_back(static_cast<char>(length));
  } else if (length < 16384) {
    buffer_.push_back(static_cast<char>(0x40 | (length >> 8)));
    buffer_.push_back(static_cast<char>(length & 0xff));
  } else {
    append_le(buffer_, '\x80', __builtin_bswap32(static_cast<uint32_t>(length)), 4);
  }
  buffer_.append(value);
}

Bytes ZiplistWriter::finish() {
  buffer_.push_back(kEndMark);
  const auto total = static_cast<uint32_t>(buffer_.size());
  const auto tail = static_cast<uint32_t>(tail_);
  const auto count = static_cast<uint16_t>(std::min(count_, kUnknownCount));
  std::memcpy(buffer_.data(), &total, sizeof total);
  std::memcpy(buffer_.data() + 4, &tail, sizeof tail);
  std::memcpy(buffer_.data() + 8, &count, sizeof count);
  return buffer_;
}

}  // namespace rdbproof
