// Intset: small sets of integers.  u32 width in bytes (2, 4, 8) | u32 count | integers, ascending
#pragma once

#include "engine/encoding/packed_value.h"

namespace rdbproof {

class IntsetWalker {
 public:
  explicit IntsetWalker(const Blob& blob);

  bool next(PackedValue& value);
  const Cursor& cursor() const { return in_; }
  bool failed_as_whole() const { return failed_as_whole_; }

 private:
  void fail_whole(const char* detail) {
    failed_as_whole_ |= in_.ok();
    in_.fail(Code::kBadIntset, detail);
  }
  int64_t read_integer();

  Cursor in_;
  uint32_t width_ = 0;
  bool first_ = true;
  int64_t previous_ = 0;
  bool failed_as_whole_ = false;
};

}  // namespace rdbproof
