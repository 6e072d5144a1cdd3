// Lengths, strings and doubles of the RDB format. Redis src/rdb.c: rdbLoadLen, rdbLoadStringObject.
#pragma once

#include <cstdint>

#include "engine/base/cursor.h"
#include "engine/base/decimal.h"
#include "engine/base/limits.h"
#include "engine/encoding/packed_value.h"
#include "engine/model/element_batch.h"

namespace rdbproof {

namespace detail {
uint64_t read_long_length(Cursor& in, uint8_t first);
}

inline constexpr const char* kLongLength = "a length takes more bytes than it needs";

// A length: 6, 14, 32 or 64 bits. Servers accept longer forms than needed, so do we, with a note.
inline uint64_t read_length(Cursor& in) {
  const uint8_t first = in.u8();
  if (first < 0x40) [[likely]]
    return first;
  if (first < 0x80) {
    const uint64_t length = (first & 0x3Fu) << 8 | in.u8();
    if (length < 0x40) [[unlikely]]
      in.note(kLongLength);
    return length;
  }
  return detail::read_long_length(in, first);
}

enum class StringForm : uint8_t { kRaw, kInteger, kLzf };

struct StringHeader {
  StringForm form = StringForm::kRaw;
  uint8_t integer_bytes = 0;  // kInteger: 1, 2 or 4 follow
  uint64_t stored_bytes = 0;  // kRaw, kLzf: that follow
  uint64_t plain_bytes = 0;   // kLzf: after decompression
};
StringHeader read_string_header(Cursor& in);

struct StringValue {
  Bytes text{};
  StringForm form = StringForm::kRaw;
  uint64_t offset = 0;  // of the text in the source, or of the compressed bytes

  Blob blob() const { return {text, offset, form != StringForm::kRaw}; }
};

// A string as plain bytes: a view of the input, or text in `arena`. What cannot be had whole within
// `limits` fails with kLimitExceeded.
StringValue read_string_slow(Cursor& in, TextArena& arena, const Limits& limits);
inline StringValue read_string(Cursor& in, TextArena& arena, const Limits& limits) {
  if (in.peek() >= 0x40 || in.at_end()) return read_string_slow(in, arena, limits);
  const uint64_t length = in.u8();
  const uint64_t offset = in.offset();
  return {in.take(length), StringForm::kRaw, offset};
}

void skip_string_slow(Cursor& in);
inline void skip_string(Cursor& in) {
  if (in.peek() >= 0x40) return skip_string_slow(in);
  in.skip(in.u8());
}

// `integer` as decimal text in `arena`.
inline Bytes integer_text(int64_t integer, TextArena& arena) {
  char* const begin = arena.allocate(kDecimalBytes);
  return {begin, write_decimal(begin, integer)};
}

inline Bytes text_of(const PackedValue& value, TextArena& arena) {
  return value.is_integer ? integer_text(value.integer, arena) : value.text;
}

// Decimal text of a score, whole. Fails with kBadScore if it is no number; NaN is none.
double parse_score(Cursor& in, Bytes text);

// The score of a type 3 sorted set: a length byte and text, or 253 NaN, 254 +inf, 255 -inf.
double read_text_double(Cursor& in);
void skip_text_double(Cursor& in);

}  // namespace rdbproof
