#include "engine/encoding/intset.h"

namespace rdbproof {

IntsetWalker::IntsetWalker(const Blob& blob) : in_(blob.data, blob.offset, blob.pinned) {
  in_.set_overrun_code(Code::kBadIntset);
  width_ = in_.u32_le();
  const uint64_t count = in_.u32_le();
  if (!in_) return;
  if (width_ != 2 && width_ != 4 && width_ != 8) {
    fail_whole("the width of its integers is not 2, 4 or 8");
  } else if (count == 0) {
    fail_whole("it is empty");
  } else if (count * width_ != in_.remaining()) {
    fail_whole("its count of integers differs from its size");
  }
}

bool IntsetWalker::next(PackedValue& value) {
  if (in_.remaining() == 0) return false;
  const int64_t integer = read_integer();
  if (!first_ && integer <= previous_) {
    in_.fail(Code::kBadIntset, "its integers do not ascend");
    return false;
  }
  first_ = false;
  previous_ = integer;
  value = PackedValue::of(integer);
  return in_.ok();
}

int64_t IntsetWalker::read_integer() {
  if (width_ == 2) return static_cast<int16_t>(in_.u16_le());
  if (width_ == 4) return static_cast<int32_t>(in_.u32_le());
  return static_cast<int64_t>(in_.u64_le());
}

}  // namespace rdbproof
