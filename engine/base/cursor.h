// The one place with pointer arithmetic over bytes from outside.
#pragma once

#include <cstdint>

#include "engine/base/bytes.h"
#include "engine/base/finding.h"

namespace rdbproof {

// Reads a span of bytes front to back. The first failure is kept, with its absolute offset, and
// empties the cursor, so later reads return zeros and loops that test the cursor end. Nothing is
// ever read outside the span.
class Cursor {
 public:
  // `offset` is the absolute position of data[0] in the source. `pinned` says that data is not in
  // the source as it is (decompressed bytes): every position in it then counts as `offset`.
  Cursor(Bytes data, uint64_t offset, bool pinned = false)
      : begin_(data.data()),
        pos_(begin_),
        end_(begin_ + data.size()),
        base_(offset),
        pinned_(pinned) {}

  explicit operator bool() const { return code_ == Code::kNone; }
  bool ok() const { return code_ == Code::kNone; }
  bool at_end() const { return pos_ == end_; }
  uint64_t remaining() const { return static_cast<uint64_t>(end_ - pos_); }
  // Absolute offset of the next byte; after a failure, of the failure.
  uint64_t offset() const { return ok() ? position() : fault_offset_; }
  bool pinned() const { return pinned_; }
  Code code() const { return code_; }
  // What the failure consists of, a string literal; empty if there is nothing to add.
  const char* detail() const { return detail_; }

  // The code that a read past the end gives; packed blobs name their own.
  void set_overrun_code(Code code) { overrun_code_ = code; }

  __attribute__((noinline, cold)) void fail(Code code, const char* detail = "") {
    if (ok()) fail_at(code, position(), detail);
  }
  __attribute__((noinline, cold)) void fail_at(Code code, uint64_t offset, const char* detail) {
    if (!ok()) return;
    code_ = code;
    fault_offset_ = offset;
    detail_ = detail;
    pos_ = end_;
  }

  // Remembers the first thing that is legal but that no server writes. `what` is a literal.
  __attribute__((noinline, cold)) void note(const char* what) { note_at(what, position()); }
  __attribute__((noinline, cold)) void note_at(const char* what, uint64_t offset) {
    if (!ok() || oddity_ != nullptr) return;
    oddity_ = what;
    oddity_offset_ = offset;
  }
  // What was noted, null if nothing was, and where.
  const char* oddity() const { return oddity_; }
  uint64_t oddity_offset() const { return oddity_offset_; }
  void forget_oddity() { oddity_ = nullptr; }

  bool require(uint64_t count) {
    if (count <= remaining()) [[likely]]
      return true;
    fail(overrun_code_, "more bytes are announced than are there");
    return false;
  }

  uint8_t u8() { return fixed<uint8_t>(); }
  uint16_t u16_le() { return fixed<uint16_t>(); }
  uint32_t u32_le() { return fixed<uint32_t>(); }
  uint64_t u64_le() { return fixed<uint64_t>(); }
  uint16_t u16_be() { return __builtin_bswap16(u16_le()); }
  uint32_t u32_be() { return __builtin_bswap32(u32_le()); }
  uint64_t u64_be() { return __builtin_bswap64(u64_le()); }

  // The next byte without consuming it; 0 at the end.
  uint8_t peek() const { return at_end() ? 0 : static_cast<uint8_t>(*pos_); }

  // The next `count` bytes; an empty view and a failure if they are not there.
  Bytes take(uint64_t count) {
    if (!require(count)) return {};
    const Bytes view(pos_, count);
    pos_ += count;
    return view;
  }
  void skip(uint64_t count) {
    if (require(count)) pos_ += count;
  }
  // Everything that is left, without consuming it.
  Bytes rest() const { return {pos_, remaining()}; }

 private:
  template <typename T>
  T fixed() {
    if (!require(sizeof(T))) return 0;
    const T value = load_le<T>(pos_);
    pos_ += sizeof(T);
    return value;
  }
  uint64_t position() const {
    return pinned_ ? base_ : base_ + static_cast<uint64_t>(pos_ - begin_);
  }

  const char* begin_;
  const char* pos_;
  const char* end_;
  uint64_t base_;
  bool pinned_;
  uint64_t fault_offset_ = 0;
  const char* detail_ = "";
  const char* oddity_ = nullptr;
  uint64_t oddity_offset_ = 0;
  Code code_ = Code::kNone;
  Code overrun_code_ = Code::kLengthBeyondEnd;
};

}  // namespace rdbproof
