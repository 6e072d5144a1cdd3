#include "engine/encoding/listpack_writer.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace rdbproof {
namespace {

constexpr size_t kHeaderBytes = 6;
constexpr uint64_t kUnknownCount = 65535;
constexpr size_t kLongestInteger = 20;
constexpr char kEndMark = '\xff';

void append_le(std::string& out, char first, uint64_t value, size_t bytes) {
  char raw[9];
  raw[0] = first;
  std::memcpy(raw + 1, &value, sizeof value);
  out.append(raw, 1 + bytes);
}

}  // namespace

std::optional<int64_t> canonical_integer(Bytes text) {
  if (text.empty() || text.size() > kLongestInteger) return std::nullopt;
  const bool negative = text[0] == '-';
  const Bytes digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || digits[0] < '0' || digits[0] > '9') return std::nullopt;
  if (digits[0] == '0' && text.size() > 1) return std::nullopt;
  int64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

void ListpackWriter::clear() {
  buffer_.assign(kHeaderBytes, '\0');
  count_ = 0;
}

void ListpackWriter::append(Bytes value) {
  if (const auto integer = canonical_integer(value)) {
    append_integer(*integer);
  } else {
    append_string(value);
  }
}

void ListpackWriter::append_integer(int64_t value) {
  const size_t begin = buffer_.size();
  const auto bits = static_cast<uint64_t>(value);
  if (value >= 0 && value < 128) {
    buffer_.push_back(static_cast<char>(value));
  } else if (value >= -4096 && value < 4096) {
    buffer_.push_back(static_cast<char>(0xc0 | ((bits >> 8) & 0x1f)));
    buffer_.push_back(static_cast<char>(bits & 0xff));
  } else if (value >= std::numeric_limits<int16_t>::min() &&
             value <= std::numeric_limits<int16_t>::max()) {
    append_le(buffer_, '\xf1', bits, 2);
  } else if (value >= -(1 << 23) && value < (1 << 23)) {
    append_le(buffer_, '\xf2', bits, 3);
  } else if (value >= std::numeric_limits<int32_t>::min() &&
             value <= std::numeric_limits<int32_t>::max()) {
    append_le(buffer_, '\xf3', bits, 4);
  } else {
    append_le(buffer_, '\xf4', bits, 8);
  }
  append_back_length(begin);
}

void ListpackWriter::append_string(Bytes value) {
  const size_t begin = buffer_.size();
  const size_t length = value.size();
  if (length < 64) {
    buffer_.push_back(static_cast<char>(0x80 | length));
  } else if (length < 4096) {
    buffer_.push_back(static_cast<char>(0xe0 | (length >> 8)));
    buffer_.push_back(static_cast<char>(length & 0xff));
  } else {
    append_le(buffer_, '\xf0', length, 4);
  }
  buffer_.append(value);
  append_back_length(begin);
}

// Redis leaves the largest value of every width but the first to the next width (listpack.c, all
// versions), and its integrity check recomputes the width, so the limits are part of the format.
void ListpackWriter::append_back_length(size_t entry_begin) {
  const uint64_t length = buffer_.size() - entry_begin;
  ++count_;
  if (length <= 127) {
    buffer_.push_back(static_cast<char>(length));
    return;
  }
  const int width = length < 16383 ? 2 : length < 2097151 ? 3 : length < 268435455 ? 4 : 5;
  for (int index = width - 1; index >= 0; --index) {
    const uint64_t group = (length >> (7 * index)) & 0x7f;
    buffer_.push_back(static_cast<char>(index == width - 1 ? group : group | 0x80));
  }
}

Bytes ListpackWriter::finish() {
  buffer_.push_back(kEndMark);
  const auto total = static_cast<uint32_t>(buffer_.size());
  const auto count = static_cast<uint16_t>(std::min(count_, kUnknownCount));
  std::memcpy(buffer_.data(), &total, sizeof total);
  std::memcpy(buffer_.data() + sizeof total, &count, sizeof count);
  return buffer_;
}

}  // namespace rdbproof
