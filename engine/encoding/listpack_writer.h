// Builds listpacks byte for byte as Redis builds them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/bytes.h"

namespace rdbproof {

// The value of `text` if it is what Redis prints for that value: no sign but '-', no leading
// zeros, no "-0", no blanks. Only such strings may be stored as integers.
std::optional<int64_t> canonical_integer(Bytes text);

// Appends entries into a buffer that it owns and reuses: clear() keeps the memory.
class ListpackWriter {
 public:
  ListpackWriter() { clear(); }

  void clear();
  // Stored as an integer if `value` is the canonical text of one.
  void append(Bytes value);
  void append_integer(int64_t value);

  uint64_t count() const { return count_; }
  // Bytes of the listpack if it were finished now.
  size_t size() const { return buffer_.size() + 1; }

  // Completes the header and the end mark. The view is valid until the next call of clear(),
  // which must come before further entries. A listpack must stay below 4 GiB.
  Bytes finish();

 private:
  void append_string(Bytes value);
  void append_back_length(size_t entry_begin);

  std::string buffer_;
  uint64_t count_ = 0;
};

}  // namespace rdbproof
