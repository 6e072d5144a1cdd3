// Writes RDB files record by record, as Redis and Valkey write them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/result.h"

namespace rdbproof {

// Compresses `input` as one LZF stream into `output`; returns its length, or 0 if it takes more
// than `capacity` bytes. Given from outside so that the engine needs no compressor.
using LzfCompressor = size_t (*)(Bytes input, char* output, size_t capacity);

struct RdbWriterOptions {
  bool checksum = true;                // false writes a checksum of zero: "not computed"
  LzfCompressor compressor = nullptr;  // null writes no string compressed
};

// The appending calls never fail on the spot: the first error of the file is kept and flush() and
// finish() report it; what is appended after it is dropped. Neither the file nor the string is
// owned. On an error the caller removes the file.
class RdbWriter {
 public:
  explicit RdbWriter(int descriptor, RdbWriterOptions options = {});
  // Appends to `out`, which must outlive the writer and not be changed by others meanwhile.
  explicit RdbWriter(std::string& out, RdbWriterOptions options = {});

  RdbWriter(const RdbWriter&) = delete;
  RdbWriter& operator=(const RdbWriter&) = delete;

  // Versions from 80 on are Valkey's and get its magic; below they get that of Redis.
  void header(unsigned version);
  void aux(Bytes key, Bytes value);
  void select_db(uint64_t database);
  void resize_db(uint64_t keys, uint64_t keys_with_expiry);
  void function_library(Bytes source);
  // These three precede the type byte of the key that they belong to.
  void expire_ms(int64_t unix_milliseconds);
  void idle(uint64_t seconds);
  void freq(uint8_t lfu_counter);

  // The type byte and the name of a key; the value follows.
  void key(uint8_t type, Bytes name) {
    byte(type);
    string(name);
  }

  void length(uint64_t value);
  // As an integer if it is the text of one with at most 32 bits, else compressed if that pays and
  // a compressor is there, else plain.
  void string(Bytes value);
  void plain_string(Bytes value);
  // `compressed` is an LZF stream that expands to `plain_length` bytes; it is not checked.
  void lzf_string(Bytes compressed, uint64_t plain_length);
  void double_le(double value);
  void u64_le(uint64_t value);
  void byte(uint8_t value) { buffer_->push_back(static_cast<char>(value)); }
  void raw(Bytes data);

  // Bytes written so far.
  uint64_t size() const { return flushed_ + (buffer_->size() - begin_); }
  bool ok() const { return !error_.has_value(); }

  Result<void> flush();
  // The end mark and what the version of header() wants after it; returns the size of the file.
  // Nothing may be appended later.
  Result<uint64_t> finish();

 private:
  bool to_file() const { return descriptor_ >= 0; }
  void spill_if_full();
  void sum_pending();
  void write_pending();
  void write_out(Bytes data);
  bool integer_string(Bytes value);
  bool compressed_string(Bytes value);

  int descriptor_ = -1;
  RdbWriterOptions options_;
  std::string own_buffer_;
  std::string compressed_;
  std::string* buffer_;
  size_t begin_ = 0;   // where this file begins in the buffer
  size_t summed_ = 0;  // position in the buffer up to which crc_ goes
  uint64_t flushed_ = 0;
  uint64_t crc_ = 0;
  unsigned version_ = 0;
  std::optional<Error> error_;
};

}  // namespace rdbproof
