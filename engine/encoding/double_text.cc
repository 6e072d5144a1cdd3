#include "engine/encoding/double_text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/detail/conversions/to_chars.hpp>
#include <string_view>

namespace rdbproof {
namespace {

__extension__ typedef unsigned __int128 Uint128;

constexpr int kSignificant = 17;  // digits of "%.17g"

constexpr auto kPowersOfTen = [] {
  std::array<uint64_t, 20> powers{1};
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
  return powers;
}();

char* write(char* out, std::string_view text) {
  return std::copy(text.begin(), text.end(), out);
}

char* write_integer(char* out, int64_t number) {
  return std::to_chars(out, out + kMostDoubleText, number).ptr;
}

char* write_special(char* out, double number) {
  if (std::isnan(number)) return write(out, "nan");
  if (std::isinf(number)) return write(out, number < 0 ? "-inf" : "inf");
  return write(out, std::signbit(number) ? "-0" : "0");
}

// 0.000123 or 12.3: `digits` with a point, value = digits * 10^exponent, exponent < 0.
char* write_fixed(char* out, std::string_view digits, int exponent) {
  const int point = static_cast<int>(digits.size()) + exponent;
  if (point <= 0) {
    out = write(out, "0.");
    return write(std::fill_n(out, -point, '0'), digits);
  }
  const auto split = static_cast<size_t>(point);
  out = write(out, digits.substr(0, split));
  *out++ = '.';
  return write(out, digits.substr(split));
}

char* write_scientific(char* out, std::string_view digits, int exponent, bool negative) {
  const size_t most_digits = negative ? 17 : 18;
  const int shown = exponent + static_cast<int>(digits.size()) - 1;
  *out++ = digits[0];
  if (digits.size() > 1) {
    *out++ = '.';
    out = write(out, digits.substr(1, most_digits - 1));
  }
  out = write(out, shown < 0 ? "e-" : "e+");
  return write_integer(out, std::abs(shown));
}

// An integer that has all its digits in each printer's text, but for zeros at the end.
bool is_plain_integer(double number) {
  constexpr double kBound = 1e15;
  return std::abs(number) < kBound && number == std::trunc(number);
}

// round(number * 10^decimals), ties to even; 1e-4 <= number < 1e15, decimals <= 21, and the result
// has no more than 18 digits.
uint64_t scale(double number, int decimals) {
  constexpr int kMantissaBits = 52;
  constexpr uint64_t kHiddenBit = uint64_t{1} << kMantissaBits;
  const auto bits = std::bit_cast<uint64_t>(number);
  const uint64_t mantissa = (bits & (kHiddenBit - 1)) | kHiddenBit;
  const int shift = 1023 + kMantissaBits - static_cast<int>(bits >> kMantissaBits);
  const int half = decimals / 2;
  const Uint128 product = Uint128{mantissa} * kPowersOfTen[static_cast<size_t>(half)] *
                          kPowersOfTen[static_cast<size_t>(decimals - half)];
  const auto whole = static_cast<uint64_t>(product >> shift);
  const Uint128 rest = product & ((Uint128{1} << shift) - 1);
  const Uint128 tie = Uint128{1} << (shift - 1);
  const bool up = rest > tie || (rest == tie && (whole & 1) != 0);
  return whole + (up ? 1 : 0);
}

// Digits before the point; 0 from 0.1, -1 from 0.01 ... One too many only for a bound itself that,
// as a double, is below the power of ten.
int count_integer_digits(double number) {
  constexpr auto kBounds =
      std::to_array<double>({1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9,
                             1e10, 1e11, 1e12, 1e13, 1e14});
  int digits = -3;
  for (const double bound : kBounds) digits += number >= bound ? 1 : 0;
  return digits;
}

// "%.17g" of numbers from 1e-4 to 1e15, which have no exponent.
char* write_17_digits(char* out, double number) {
  int decimals = kSignificant - count_integer_digits(number);
  uint64_t scaled = scale(number, decimals);
  if (scaled < kPowersOfTen[kSignificant - 1]) scaled = scale(number, ++decimals);
  std::array<char, 20> buffer;
  const char* end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), scaled).ptr;
  for (; decimals > 0 && end[-1] == '0'; --decimals) --end;
  const std::string_view digits(buffer.data(), static_cast<size_t>(end - buffer.data()));
  return decimals == 0 ? write(out, digits) : write_fixed(out, digits, -decimals);
}

template <char* (*write_text)(char*, double)>
std::string text_of(double number) {
  std::array<char, kMostDoubleText> buffer;
  return {buffer.data(), write_text(buffer.data(), number)};
}

}  // namespace

char* write_grisu2(char* out, double number) {
  constexpr int64_t kManyZeros = 100'000'000;  // at the end: these get an exponent
  if (number == 0 || !std::isfinite(number)) return write_special(out, number);
  if (is_plain_integer(number) && static_cast<int64_t>(number) % kManyZeros != 0) {
    return write_integer(out, static_cast<int64_t>(number));
  }
  std::array<char, 32> buffer;
  int length = 0;
  int exponent = 0;
  nlohmann::detail::dtoa_impl::grisu2(buffer.data(), length, exponent, std::abs(number));
  const std::string_view digits(buffer.data(), static_cast<size_t>(length));
  const bool negative = number < 0;
  const int magnitude = std::abs(exponent + length - 1);
  if (negative) *out++ = '-';
  if (exponent >= 0 && magnitude < length + 7) {
    return std::fill_n(write(out, digits), exponent, '0');
  }
  if (exponent < 0 && (exponent > -7 || magnitude < 4)) return write_fixed(out, digits, exponent);
  return write_scientific(out, digits, exponent, negative);
}

char* write_percent_17g(char* out, double number) {
  if (number == 0 || !std::isfinite(number)) return write_special(out, number);
  if (is_plain_integer(number)) return write_integer(out, static_cast<int64_t>(number));
  const double magnitude = std::abs(number);
  if (magnitude >= 1e-4 && magnitude < 1e15) {
    if (number < 0) *out++ = '-';
    return write_17_digits(out, magnitude);
  }
  return out + std::snprintf(out, kMostDoubleText, "%.17g", number);
}

std::string grisu2_text(double number) {
  return text_of<write_grisu2>(number);
}

std::string percent_17g_text(double number) {
  return text_of<write_percent_17g>(number);
}

std::string array_double_text(double number) {
  constexpr double kIntegerBound = 4611686018427387904.0;  // 2^62
  const bool integral = std::isfinite(number) && number == std::trunc(number) &&
                        std::abs(number) <= kIntegerBound && number != 0;
  std::string text = integral ? std::to_string(static_cast<int64_t>(number)) : grisu2_text(number);
  const bool plain = text.find_first_not_of("-0123456789") == std::string::npos;
  return plain ? text + ".0" : text;
}

}  // namespace rdbproof
