#include "engine/encoding/ziplist.h"

namespace rdbproof {

ZiplistWalker::ZiplistWalker(const Blob& blob)
    : in_(blob.data, blob.offset, blob.pinned), size_(blob.data.size()) {
  in_.set_overrun_code(Code::kBadZiplist);
  if (size_ < 11) fail_whole("shorter than its header");
  const uint32_t total = in_.u32_le();
  tail_ = in_.u32_le();
  announced_ = in_.u16_le();
  if (total != size_) fail_whole("its length field differs from its size");
  if (in_ && static_cast<uint8_t>(blob.data.back()) != 0xFF) fail_whole("no end mark");
}

bool ZiplistWalker::next(PackedValue& value) {
  if (in_.remaining() <= 1) return finish();
  const uint64_t before = in_.remaining();
  last_entry_ = size_ - before;
  const uint8_t short_form = in_.u8();
  if (short_form == 0xFF) {
    in_.fail(Code::kBadZiplist, "an end mark before the end");
    return false;
  }
  const uint64_t previous_bytes = short_form == 0xFE ? in_.u32_le() : short_form;
  if (previous_bytes != previous_bytes_) {
    in_.fail(Code::kBadZiplist, "an entry's length of the previous entry is wrong");
  }
  read_value(value);
  previous_bytes_ = before - in_.remaining();
  ++passed_;
  return in_.ok();
}

void ZiplistWalker::read_value(PackedValue& value) {
  const uint8_t encoding = in_.u8();
  if (encoding < 0x40) {
    value = PackedValue::of(in_.take(encoding));
  } else if (encoding < 0x80) {
    const uint64_t length = (encoding & 0x3Fu) << 8 | in_.u8();
    value = PackedValue::of(in_.take(length));
  } else if (encoding < 0xC0) {
    value = PackedValue::of(in_.take(in_.u32_be()));
  } else if (encoding == 0xC0) {
    value = PackedValue::of(int64_t{static_cast<int16_t>(in_.u16_le())});
  } else if (encoding == 0xD0) {
    value = PackedValue::of(int64_t{static_cast<int32_t>(in_.u32_le())});
  } else if (encoding == 0xE0) {
    value = PackedValue::of(static_cast<int64_t>(in_.u64_le()));
  } else if (encoding == 0xF0) {
    const uint32_t low = in_.u16_le();
    const auto high = static_cast<int8_t>(in_.u8());
    value = PackedValue::of(int64_t{high} * 65536 + low);
  } else if (encoding == 0xFE) {
    value = PackedValue::of(int64_t{static_cast<int8_t>(in_.u8())});
  } else if (encoding > 0xF0 && encoding < 0xFE) {
    value = PackedValue::of(int64_t{encoding} - 0xF1);
  } else {
    in_.fail(Code::kBadZiplist, "an entry has an encoding that does not exist");
  }
}

bool ZiplistWalker::finish() {
  if (!in_.ok()) return false;
  if (in_.remaining() == 0) {
    fail_whole("an entry covers the end mark");
  } else if (tail_ != last_entry_) {
    fail_whole("its offset of the last entry is wrong");
  } else if (announced_ != 65535 && announced_ != passed_) {
    fail_whole("its count of entries is wrong");
  }
  return false;
}

}  // namespace rdbproof
