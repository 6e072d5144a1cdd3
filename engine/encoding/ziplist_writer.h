// Builds ziplists byte for byte as Redis up to 6.2 builds them by appending.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/bytes.h"

namespace rdbproof {

// Appends entries into a buffer that it owns and reuses: clear() keeps the memory.
class ZiplistWriter {
 public:
  ZiplistWriter() { clear(); }

  void clear();
  // Stored as an integer if `value` is shorter than 32 bytes and the canonical text of one.
  void append(Bytes value);

  uint64_t count() const { return count_; }
  // Bytes of the ziplist if it were finished now.
  size_t size() const { return buffer_.size() + 1; }

  // Completes the header and the end mark. The view is valid until the next call of clear(),
  // which must come before further entries. A ziplist must stay below 4 GiB.
  Bytes finish();

 private:
  void append_previous_length();
  void append_integer(int64_t value);
  void append_string(Bytes value);

  std::string buffer_;
  size_t tail_ = 0;
  uint64_t count_ = 0;
};

}  // namespace rdbproof
