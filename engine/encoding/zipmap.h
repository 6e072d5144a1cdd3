// Zipmap: small hashes of Redis up to 2.4.
//   u8 pairs (254 and more: count them) | { length | field | length | u8 free | value | free bytes
//   } | 0xFF length: a byte below 254, or 254 and u32
#pragma once

#include "engine/encoding/packed_value.h"

namespace rdbproof {

// Yields fields and values in turn.
class ZipmapWalker {
 public:
  explicit ZipmapWalker(const Blob& blob);

  bool next(PackedValue& value);
  const Cursor& cursor() const { return in_; }
  bool failed_as_whole() const { return failed_as_whole_; }

 private:
  void fail_whole(const char* detail) {
    failed_as_whole_ |= in_.ok();
    in_.fail(Code::kBadZipmap, detail);
  }
  uint64_t read_length();
  bool finish();

  Cursor in_;
  uint64_t announced_ = 0;
  uint64_t passed_ = 0;
  bool value_is_next_ = false;
  bool failed_as_whole_ = false;
};

}  // namespace rdbproof
