// Ziplist: small lists, hashes and sorted sets of Redis 2.2 to 6.2, quicklist nodes of 3.2 to 6.2.
//   u32 bytes | u32 offset of the last entry | u16 entries (65535: count them) | entry ... | 0xFF
//   entry: length of the previous entry (1 byte, or 0xFE and 4) | encoding and length | data
// Redis writes the long form of a previous length also where the short one would do.
#pragma once

#include "engine/encoding/packed_value.h"

namespace rdbproof {

class ZiplistWalker {
 public:
  explicit ZiplistWalker(const Blob& blob);

  bool next(PackedValue& value);
  const Cursor& cursor() const { return in_; }
  bool failed_as_whole() const { return failed_as_whole_; }

 private:
  void fail_whole(const char* detail) {
    failed_as_whole_ |= in_.ok();
    in_.fail(Code::kBadZiplist, detail);
  }
  void read_value(PackedValue& value);
  bool finish();

  Cursor in_;
  uint64_t size_;
  uint64_t tail_ = 0;
  uint64_t announced_ = 0;
  uint64_t passed_ = 0;
  uint64_t previous_bytes_ = 0;
  uint64_t last_entry_ = 10;  // offset in the blob; an empty list's tail is its end mark
  bool failed_as_whole_ = false;
};

}  // namespace rdbproof
