#include "engine/rdb/writer.h"

#include <fmt/format.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <limits>
#include <system_error>

#include "engine/encoding/listpack_writer.h"
#include "engine/hash/crc64.h"

namespace rdbproof {
namespace {

constexpr size_t kBufferBytes = size_t{1} << 20;
constexpr unsigned kFirstValkeyVersion = 80;
constexpr unsigned kFirstChecksumVersion = 5;
constexpr size_t kLongestIntegerText = 11;
// Redis compresses strings of more than 20 bytes, if that saves at least 4 (rdb.c, all versions).
constexpr size_t kShortestCompressed = 21;
constexpr size_t kLeastSaving = 4;

constexpr uint8_t kOpFunction2 = 245;
constexpr uint8_t kOpIdle = 248;
constexpr uint8_t kOpFreq = 249;
constexpr uint8_t kOpAux = 250;
constexpr uint8_t kOpResizeDb = 251;
constexpr uint8_t kOpExpireMs = 252;
constexpr uint8_t kOpSelectDb = 254;
constexpr uint8_t kOpEnd = 255;

constexpr uint8_t kInt8 = 0xc0;
constexpr uint8_t kInt16 = 0xc1;
constexpr uint8_t kInt32 = 0xc2;
constexpr uint8_t kLzf = 0xc3;

template <typename T>
bool fits(int64_t value) {
  return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

template <typename T>
void append_bytes(std::string& out, T value) {
  char raw[sizeof value];
  std::memcpy(raw, &value, sizeof value);
  out.append(raw, sizeof value);
}

template <typename T>
void append_integer(std::string& out, uint8_t form, int64_t value) {
  out.push_back(static_cast<char>(form));
  append_bytes(out, static_cast<T>(value));
}

}  // namespace

RdbWriter::RdbWriter(int descriptor, RdbWriterOptions options)
    : descriptor_(descriptor), options_(options), buffer_(&own_buffer_) {
  own_buffer_.reserve(kBufferBytes + kBufferBytes / 4);
}

RdbWriter::RdbWriter(std::string& out, RdbWriterOptions options)
    : options_(options), buffer_(&out), begin_(out.size()), summed_(out.size()) {}

void RdbWriter::header(unsigned version) {
  version_ = version;
  raw(version >= kFirstValkeyVersion ? fmt::format("VALKEY{:03}", version)
                                     : fmt::format("REDIS{:04}", version));
}

void RdbWriter::aux(Bytes key, Bytes value) {
  byte(kOpAux);
  string(key);
  string(value);
}

void RdbWriter::select_db(uint64_t database) {
  byte(kOpSelectDb);
  length(database);
}

void RdbWriter::resize_db(uint64_t keys, uint64_t keys_with_expiry) {
  byte(kOpResizeDb);
  length(keys);
  length(keys_with_expiry);
}

void RdbWriter::function_library(Bytes source) {
  byte(kOpFunction2);
  string(source);
}

void RdbWriter::expire_ms(int64_t unix_milliseconds) {
  byte(kOpExpireMs);
  u64_le(static_cast<uint64_t>(unix_milliseconds));
}

void RdbWriter::idle(uint64_t seconds) {
  byte(kOpIdle);
  length(seconds);
}

void RdbWriter::freq(uint8_t lfu_counter) {
  byte(kOpFreq);
  byte(lfu_counter);
}

void RdbWriter::length(uint64_t value) {
  if (value < 64) {
    byte(static_cast<uint8_t>(value));
  } else if (value < 16384) {
    byte(static_cast<uint8_t>(0x40 | (value >> 8)));
    byte(static_cast<uint8_t>(value & 0xff));
  } else if (value <= std::numeric_limits<uint32_t>::max()) {
    byte(0x80);
    append_bytes(*buffer_, __builtin_bswap32(static_cast<uint32_t>(value)));
  } else {
    byte(0x81);
    append_bytes(*buffer_, __builtin_bswap64(value));
  }
}

void RdbWriter::string(Bytes value) {
  if (value.size() <= kLongestIntegerText && integer_string(value)) return;
  if (options_.compressor && value.size() >= kShortestCompressed && compressed_string(value)) {
    return;
  }
  plain_string(value);
}

void RdbWriter::plain_string(Bytes value) {
  length(value.size());
  raw(value);
}

void RdbWriter::lzf_string(Bytes compressed, uint64_t plain_length) {
  byte(kLzf);
  length(compressed.size());
  length(plain_length);
  raw(compressed);
}

bool RdbWriter::integer_string(Bytes value) {
  const auto integer = canonical_integer(value);
  if (!integer || !fits<int32_t>(*integer)) return false;
  if (fits<int8_t>(*integer)) {
    append_integer<int8_t>(*buffer_, kInt8, *integer);
  } else if (fits<int16_t>(*integer)) {
    append_integer<int16_t>(*buffer_, kInt16, *integer);
  } else {
    append_integer<int32_t>(*buffer_, kInt32, *integer);
  }
  spill_if_full();
  return true;
}

bool RdbWriter::compressed_string(Bytes value) {
  const size_t capacity = value.size() - kLeastSaving;
  if (compressed_.size() < capacity) compressed_.resize(capacity);
  const size_t size = options_.compressor(value, compressed_.data(), capacity);
  if (size == 0) return false;
  lzf_string(Bytes(compressed_).substr(0, size), value.size());
  return true;
}

void RdbWriter::double_le(double value) {
  u64_le(std::bit_cast<uint64_t>(value));
}

void RdbWriter::u64_le(uint64_t value) {
  append_bytes(*buffer_, value);
  spill_if_full();
}

// Large data goes to the file without a copy.
void RdbWriter::raw(Bytes data) {
  if (to_file() && data.size() >= kBufferBytes) {
    write_pending();
    if (options_.checksum) crc_ = crc64(crc_, data);
    write_out(data);
    flushed_ += data.size();
    return;
  }
  buffer_->append(data);
  spill_if_full();
}

void RdbWriter::spill_if_full() {
  if (to_file() && buffer_->size() >= kBufferBytes) write_pending();
}

void RdbWriter::sum_pending() {
  if (options_.checksum) crc_ = crc64(crc_, Bytes(*buffer_).substr(summed_));
  summed_ = buffer_->size();
}

void RdbWriter::write_pending() {
  sum_pending();
  write_out(*buffer_);
  flushed_ += buffer_->size();
  buffer_->clear();
  summed_ = 0;
}

void RdbWriter::write_out(Bytes data) {
  while (ok() && !data.empty()) {
    const ssize_t written = ::write(descriptor_, data.data(), data.size());
    if (written >= 0) {
      data.remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR) {
      const int reason = errno;
      error_ = Error{"cannot write: " + std::generic_category().message(reason),
                     reason == ENOSPC ? "free some space or choose another folder" : ""};
    }
  }
}

Result<void> RdbWriter::flush() {
  if (to_file()) write_pending();
  if (error_) return tl::unexpected(*error_);
  return {};
}

Result<uint64_t> RdbWriter::finish() {
  byte(kOpEnd);
  sum_pending();
  if (version_ >= kFirstChecksumVersion) u64_le(options_.checksum ? crc_ : 0);
  if (to_file()) write_pending();
  if (error_) return tl::unexpected(*error_);
  return size();
}

}  // namespace rdbproof
