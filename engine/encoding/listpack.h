// Listpack: since Redis 5.0 in streams, since 7.0 for small hashes, sorted sets and lists,
// since 7.2 for small sets.
//   u32 total bytes | u16 entries (65535: count them) | entry ... | 0xFF
//   entry: encoding and data | length of these, 7 bits a byte, to be read from the right
#pragma once

#include "engine/encoding/packed_value.h"

namespace rdbproof {

class ListpackWalker {
 public:
  explicit ListpackWalker(const Blob& blob);

  bool next(PackedValue& value);
  const Cursor& cursor() const { return in_; }
  bool failed_as_whole() const { return failed_as_whole_; }
  // Entries passed so far.
  uint64_t passed() const { return passed_; }
  void fail(Code code, const char* detail) { in_.fail(code, detail); }

 private:
  static constexpr const char* kLongForm = "an entry takes more bytes than it needs";

  void fail_whole(const char* detail) {
    failed_as_whole_ |= in_.ok();
    in_.fail(Code::kBadListpack, detail);
  }
  bool next_short(PackedValue& value);
  bool next_any(PackedValue& value);
  void read_value(uint8_t encoding, PackedValue& value);
  // Shorter texts, and integers from -bound to below it, have a shorter form.
  void read_text(uint64_t length, uint64_t shortest, PackedValue& value) {
    if (length < shortest) in_.note(kLongForm);
    value = PackedValue::of(in_.take(length));
  }
  void read_integer(int64_t integer, int64_t bound, PackedValue& value) {
    if (integer >= -bound && integer < bound) in_.note(kLongForm);
    value = PackedValue::of(integer);
  }
  void check_back_length(uint64_t entry_bytes);
  bool finish();

  Cursor in_;
  uint64_t passed_ = 0;
  uint64_t announced_ = 0;
  bool failed_as_whole_ = false;
};

inline ListpackWalker::ListpackWalker(const Blob& blob) : in_(blob.data, blob.offset, blob.pinned) {
  in_.set_overrun_code(Code::kBadListpack);
  if (blob.data.size() < 7) fail_whole("shorter than its header");
  const uint32_t total = in_.u32_le();
  announced_ = in_.u16_le();
  if (total != blob.data.size()) fail_whole("its length field differs from its size");
  if (in_ && static_cast<uint8_t>(blob.data.back()) != 0xFF) fail_whole("no end mark");
}

inline bool ListpackWalker::next(PackedValue& value) {
  if (in_.remaining() <= 1) return finish();
  return next_short(value) || next_any(value);
}

// Integers of 7 bits and texts of up to 63 bytes: one byte of encoding, one of back-length, and no
// branch tells the two apart. False: it is something else, or not sound.
inline bool ListpackWalker::next_short(PackedValue& value) {
  const Bytes rest = in_.rest();
  const auto encoding = static_cast<uint8_t>(rest[0]);
  const uint64_t length = encoding < 0x80 ? 0 : encoding & 0x3Fu;
  if (encoding >= 0xC0 || length + 2 > rest.size()) return false;
  if (static_cast<uint8_t>(rest[length + 1]) != length + 1) return false;
  value = {rest.substr(1, length), encoding, encoding < 0x80};
  in_.skip(length + 2);
  ++passed_;
  return true;
}

inline bool ListpackWalker::next_any(PackedValue& value) {
  const uint64_t before = in_.remaining();
  const uint8_t encoding = in_.u8();
  if (encoding < 0x80) {
    value = PackedValue::of(int64_t{encoding});
  } else if (encoding < 0xC0) {
    value = PackedValue::of(in_.take(encoding & 0x3F));
  } else {
    read_value(encoding, value);
  }
  check_back_length(before - in_.remaining());
  ++passed_;
  return in_.ok();
}

inline void ListpackWalker::read_value(uint8_t encoding, PackedValue& value) {
  if (encoding < 0xE0) {  // 13 bits, signed
    const auto bits = static_cast<int64_t>((encoding & 0x1Fu) << 8 | in_.u8());
    if (bits < 128) in_.note(kLongForm);
    value = PackedValue::of(bits >= 4096 ? bits - 8192 : bits);
  } else if (encoding < 0xF0) {
    read_text((encoding & 0x0Fu) << 8 | in_.u8(), 64, value);
  } else if (encoding == 0xF0) {
    read_text(in_.u32_le(), 4096, value);
  } else if (encoding == 0xF1) {
    read_integer(int64_t{static_cast<int16_t>(in_.u16_le())}, 4096, value);
  } else if (encoding == 0xF2) {
    const uint32_t low = in_.u16_le();
    const auto high = static_cast<int8_t>(in_.u8());
    read_integer(int64_t{high} * 65536 + low, 1 << 15, value);
  } else if (encoding == 0xF3) {
    read_integer(int64_t{static_cast<int32_t>(in_.u32_le())}, 1 << 23, value);
  } else if (encoding == 0xF4) {
    read_integer(static_cast<int64_t>(in_.u64_le()), int64_t{1} << 31, value);
  } else {
    in_.fail(Code::kBadListpack, "an entry has an encoding that does not exist");
  }
}

inline void ListpackWalker::check_back_length(uint64_t entry_bytes) {
  if (entry_bytes <= 127) [[likely]] {
    if (in_.u8() != entry_bytes) in_.fail(Code::kBadListpack, "an entry's back-length is wrong");
    return;
  }
  // Redis' thresholds are one short of what would fit: 16383 already takes three bytes.
  const int width = entry_bytes < 16383       ? 2
                    : entry_bytes < 2097151   ? 3
                    : entry_bytes < 268435455 ? 4
                                              : 5;
  for (int i = width - 1; i >= 0; --i) {
    const uint64_t group = entry_bytes >> (7 * i) & 127;
    const uint64_t expected = i == width - 1 ? group : group | 128;
    if (in_.u8() != expected) in_.fail(Code::kBadListpack, "an entry's back-length is wrong");
  }
}

inline bool ListpackWalker::finish() {
  if (!in_.ok()) return false;
  if (in_.remaining() == 0) {
    fail_whole("an entry covers the end mark");
  } else if (announced_ != 65535 && announced_ != passed_) {
    fail_whole("its count of entries is wrong");
  }
  return false;
}

}  // namespace rdbproof
