#include "engine/rdb/primitives.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "engine/base/stage_times.h"
#include "engine/encoding/lzf.h"

namespace rdbproof {

uint64_t detail::read_long_length(Cursor& in, uint8_t first) {
  if (first == 0x80 || first == 0x81) {
    const bool is_long = first == 0x81;
    const uint64_t length = is_long ? in.u64_be() : in.u32_be();
    if (length < (is_long ? uint64_t{1} << 32 : 0x4000)) in.note(kLongLength);
    return length;
  }
  in.fail(Code::kBadLength, first >= 0xC0 ? "a string's special form where a length must stand"
                                          : "its first byte is none that the format knows");
  return 0;
}

StringHeader read_string_header(Cursor& in) {
  const uint8_t first = in.peek();
  if (first < 0xC0) return {StringForm::kRaw, 0, read_length(in), 0};
  in.skip(1);
  switch (first & 0x3F) {
    case 0:
      return {StringForm::kInteger, 1, 0, 0};
    case 1:
      return {StringForm::kInteger, 2, 0, 0};
    case 2:
      return {StringForm::kInteger, 4, 0, 0};
    case 3: {
      const uint64_t stored = read_length(in);
      return {StringForm::kLzf, 0, stored, read_length(in)};
    }
    default:
      in.fail(Code::kBadString);
      return {};
  }
}

void skip_string_slow(Cursor& in) {
  const StringHeader header = read_string_header(in);
  in.skip(header.form == StringForm::kInteger ? header.integer_bytes : header.stored_bytes);
}

static StringValue decompress(Cursor& in, const StringHeader& header, TextArena& arena,
                              const Limits& limits) {
  const uint64_t offset = in.offset();
  const Bytes stored = in.take(header.stored_bytes);
  if (!in) return {};
  // Never allocate what cannot be there.
  if (header.plain_bytes > lzf_max_expansion(stored.size())) {
    in.fail_at(Code::kBadLzf, offset, "it announces more than its bytes can expand to");
    return {};
  }
  // What the arena holds already stands beside it.
  if (header.plain_bytes + arena.used() > limits.max_decompressed_bytes) {
    in.fail_at(Code::kLimitExceeded, offset, "a compressed string");
    return {};
  }
  const InStage stage(Stage::kLzf, header.plain_bytes);
  char* const plain = arena.allocate(header.plain_bytes + kLzfSlack);
  if (!lzf_decompress(stored, plain, header.plain_bytes)) {
    in.fail_at(Code::kBadLzf, offset, "");
    return {};
  }
  // Redis compresses strings of more than 20 bytes, where that saves some.
  constexpr uint64_t kLongestPlain = 20;
  if (header.plain_bytes <= kLongestPlain || header.plain_bytes <= header.stored_bytes) {
    in.note("a string is compressed that servers would not compress");
  }
  return {Bytes(plain, header.plain_bytes), StringForm::kLzf, offset};
}

static int64_t read_integer(Cursor& in, uint8_t bytes) {
  int64_t integer = 0;
  bool is_short = false;
  if (bytes == 1) integer = static_cast<int8_t>(in.u8());
  if (bytes == 2) {
    integer = static_cast<int16_t>(in.u16_le());
    is_short = integer == static_cast<int8_t>(integer);
  }
  if (bytes == 4) {
    integer = static_cast<int32_t>(in.u32_le());
    is_short = integer == static_cast<int16_t>(integer);
  }
  if (is_short) in.note("an integer takes more bytes than it needs");
  return integer;
}

StringValue read_string_slow(Cursor& in, TextArena& arena, const Limits& limits) {
  const StringHeader header = read_string_header(in);
  const uint64_t offset = in.offset();
  if (header.form == StringForm::kRaw) {
    return {in.take(header.stored_bytes), StringForm::kRaw, offset};
  }
  if (header.form == StringForm::kLzf) return decompress(in, header, arena, limits);
  const int64_t integer = read_integer(in, header.integer_bytes);
  return {integer_text(integer, arena), StringForm::kInteger, offset};
}

// Digits with a point in between or without, which most scores are: absent if it is anything else,
// or so long that the quotient of two exact numbers is not the nearest double.
static std::optional<double> parse_short_decimal(Bytes text) {
  constexpr size_t kMostDigits = 15;  // of a number below 2^53
  static constexpr auto kPowersOfTen = std::to_array(
      {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14});
  const bool is_negative = text.starts_with('-');
  if (is_negative) text.remove_prefix(1);
  if (text.empty() || text.size() > kMostDigits || text.front() == '.' || text.back() == '.') {
    return std::nullopt;
  }
  uint64_t digits = 0;
  size_t behind_point = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto digit = static_cast<unsigned>(static_cast<unsigned char>(text[i]) - '0');
    if (digit <= 9) {
      digits = digits * 10 + digit;
    } else if (text[i] == '.' && behind_point == 0) {
      behind_point = text.size() - 1 - i;
    } else {
      return std::nullopt;
    }
  }
  const double number = static_cast<double>(digits) / kPowersOfTen[behind_point];
  return is_negative ? -number : number;
}

double parse_score(Cursor& in, Bytes text) {
  if (const std::optional<double> number = parse_short_decimal(text)) return *number;
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double score = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), score);
  // A subnormal score is legal; libstdc++ reports it as out of range only when it becomes zero.
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    in.fail(Code::kBadScore, "its text is not a number that a double can hold");
    return 0;
  }
  if (std::isnan(score)) in.fail(Code::kBadScore, "it is NaN");
  return score;
}

double read_text_double(Cursor& in) {
  const uint8_t length = in.u8();
  if (length == 255) return -std::numeric_limits<double>::infinity();
  if (length == 254) return std::numeric_limits<double>::infinity();
  if (length == 253) {
    in.fail(Code::kBadScore, "it is NaN");
    return 0;
  }
  const Bytes text = in.take(length);
  return in ? parse_score(in, text) : 0;
}

void skip_text_double(Cursor& in) {
  const uint8_t length = in.u8();
  if (length < 253) in.skip(length);
}

}  // namespace rdbproof
