// Decimal text of integers: what every packed integer is hashed as.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

namespace rdbproof {

inline constexpr size_t kDecimalBytes = 32;  // that write_decimal() may write to

namespace detail {

inline constexpr uint64_t kEightDigits = 100'000'000;

// The eight digits of `number` (< 10^8), a byte each, the first in the lowest byte. Halves the
// number three times, all parts at once.
inline uint64_t spread_digits(uint64_t number) {
  const uint64_t fours = number / 10000 | number % 10000 << 32;
  const uint64_t hundreds = (fours * 10486 >> 20) & 0x7F0000007F;
  const uint64_t twos = hundreds | (fours - hundreds * 100) << 16;
  const uint64_t tens = (twos * 103 >> 10) & 0x000F000F000F000F;
  return tens | (twos - tens * 10) << 8;
}

inline void store_digits(char* out, uint64_t digits) {
  if constexpr (std::endian::native == std::endian::big) digits = __builtin_bswap64(digits);
  std::memcpy(out, &digits, sizeof digits);
}

// Without leading zeros; returns the length.
inline size_t write_up_to_eight(char* out, uint64_t number) {
  constexpr uint64_t kZeros = 0x3030303030303030;
  const uint64_t digits = spread_digits(number);
  const int leading = std::countr_zero(digits | uint64_t{1} << 56) & ~7;
  store_digits(out, (digits | kZeros) >> leading);
  return 8 - static_cast<size_t>(leading) / 8;
}

inline size_t write_eight(char* out, uint64_t number) {
  store_digits(out, spread_digits(number) | 0x3030303030303030);
  return 8;
}

}  // namespace detail

// Writes the text of `number` to `out`, kDecimalBytes writable bytes; returns its length, at most
// 20. No branch depends on the number of digits up to eight.
inline size_t write_decimal(char* out, int64_t number) {
  using detail::kEightDigits;
  const bool is_negative = number < 0;
  uint64_t left = is_negative ? 0 - static_cast<uint64_t>(number) : static_cast<uint64_t>(number);
  out[0] = '-';
  size_t length = is_negative ? 1 : 0;
  if (left < kEightDigits) [[likely]]
    return length + detail::write_up_to_eight(out + length, left);
  const uint64_t low = left % kEightDigits;
  left /= kEightDigits;
  if (left < kEightDigits) {
    length += detail::write_up_to_eight(out + length, left);
  } else {
    length += detail::write_up_to_eight(out + length, left / kEightDigits);
    length += detail::write_eight(out + length, left % kEightDigits);
  }
  return length + detail::write_eight(out + length, low);
}

}  // namespace rdbproof
