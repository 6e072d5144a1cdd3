#include "engine/encoding/double_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/detail/conversions/to_chars.hpp>

namespace rdbproof {
namespace {

std::string special_text(double number) {
  if (std::isnan(number)) return "nan";
  if (std::isinf(number)) return number < 0 ? "-inf" : "inf";
  return std::signbit(number) ? "-0" : "0";
}

// 0.000123 or 12.3: `digits` with a point, value = digits * 10^exponent, exponent < 0.
std::string fixed_text(const std::string& digits, int exponent) {
  const int point = static_cast<int>(digits.size()) + exponent;
  if (point <= 0) return "0." + std::string(static_cast<size_t>(-point), '0') + digits;
  const auto split = static_cast<size_t>(point);
  return digits.substr(0, split) + "." + digits.substr(split);
}

std::string scientific_text(const std::string& digits, int exponent, bool negative) {
  const size_t most_digits = negative ? 17 : 18;
  const int shown = exponent + static_cast<int>(digits.size()) - 1;
  std::string text = digits.substr(0, 1);
  if (digits.size() > 1) text += "." + digits.substr(1, most_digits - 1);
  return text + (shown < 0 ? "e-" : "e+") + std::to_string(std::abs(shown));
}

}  // namespace

std::string grisu2_text(double number) {
  if (number == 0 || !std::isfinite(number)) return special_text(number);
  std::array<char, 32> buffer{};
  int length = 0;
  int exponent = 0;
  nlohmann::detail::dtoa_impl::grisu2(buffer.data(), length, exponent, std::abs(number));
  const std::string digits(buffer.data(), static_cast<size_t>(length));
  const bool negative = number < 0;
  const int magnitude = std::abs(exponent + length - 1);
  std::string text;
  if (exponent >= 0 && magnitude < length + 7) {
    text = digits + std::string(static_cast<size_t>(exponent), '0');
  } else if (exponent < 0 && (exponent > -7 || magnitude < 4)) {
    text = fixed_text(digits, exponent);
  } else {
    text = scientific_text(digits, exponent, negative);
  }
  return negative ? "-" + text : text;
}

std::string percent_17g_text(double number) {
  if (number == 0 || !std::isfinite(number)) return special_text(number);
  std::array<char, 40> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), "%.17g", number);
  return {buffer.data(), static_cast<size_t>(length)};
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
