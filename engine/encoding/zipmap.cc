#include "engine/encoding/zipmap.h"

namespace rdbproof {

ZipmapWalker::ZipmapWalker(const Blob& blob) : in_(blob.data, blob.offset, blob.pinned) {
  in_.set_overrun_code(Code::kBadZipmap);
  announced_ = in_.u8();
  if (in_ && (blob.data.size() < 2 || static_cast<uint8_t>(blob.data.back()) != 0xFF)) {
    fail_whole("no end mark");
  }
}

bool ZipmapWalker::next(PackedValue& value) {
  if (in_.remaining() <= 1) return finish();
  const uint64_t length = read_length();
  const uint64_t free_bytes = value_is_next_ ? in_.u8() : 0;
  value = PackedValue::of(in_.take(length));
  in_.skip(free_bytes);
  value_is_next_ = !value_is_next_;
  ++passed_;
  return in_.ok();
}

// Servers disagreed on the long form of a short length (CVE-2026-25243); no server writes it.
uint64_t ZipmapWalker::read_length() {
  const uint8_t short_form = in_.u8();
  if (short_form < 254) return short_form;
  if (short_form == 255) {
    in_.fail(Code::kBadZipmap, "an end mark before the end");
    return 0;
  }
  const uint32_t length = in_.u32_le();
  if (length < 254) in_.fail(Code::kBadZipmap, "a short length in its long form");
  return length;
}

bool ZipmapWalker::finish() {
  if (!in_.ok()) return false;
  if (in_.remaining() == 0) {
    fail_whole("an entry covers the end mark");
  } else if (value_is_next_) {
    in_.fail(Code::kTupleIncomplete, "a field without a value");
  } else if (passed_ == 0) {
    fail_whole("it is empty");
  } else if (announced_ < 254 && announced_ != passed_ / 2) {
    fail_whole("its count of pairs is wrong");
  }
  return false;
}

}  // namespace rdbproof
