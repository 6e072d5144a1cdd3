// Intset: small sets of integers.  u32 width in bytes (2, 4, 8) | u32 count | integers, ascending
#pragma once

#include "engine/encoding/packed_value.h"

namespace rdbproof {

class IntsetWalker {
 public:
  explicit IntsetWalker(const Blob& blob);

  bool next(PackedValue& value);
  const Cursor& cursor() const { return in_; }

 private:
  int64_t read_integer();

  Cursor in_;
  uint32_t width_ = 0;
  bool first_ = true;
  int64_t previous_ = 0;
};

}  // namespace rdbproof
