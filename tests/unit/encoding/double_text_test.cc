#include "engine/encoding/double_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <nlohmann/detail/conversions/to_chars.hpp>
#include <string>

#include "bench/random.h"

namespace rdbproof {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// As servers since Redis 7.2 print them: Grisu2 and the layout rules of fpconv.
TEST(Grisu2Test, LaysOutAsServersDo) {
  EXPECT_EQ(grisu2_text(0), "0");
  EXPECT_EQ(grisu2_text(-0.0), "-0");
  EXPECT_EQ(grisu2_text(kInfinity), "inf");
  EXPECT_EQ(grisu2_text(-kInfinity), "-inf");
  EXPECT_EQ(grisu2_text(std::nan("")), "nan");
  EXPECT_EQ(grisu2_text(1), "1");
  EXPECT_EQ(grisu2_text(-5), "-5");
  EXPECT_EQ(grisu2_text(0.1), "0.1");
  EXPECT_EQ(grisu2_text(-0.5), "-0.5");
  EXPECT_EQ(grisu2_text(100000), "100000");
  EXPECT_EQ(grisu2_text(1234.5), "1234.5");
  EXPECT_EQ(grisu2_text(365850.30785456276), "3.6585030785456277e+5");
  EXPECT_EQ(grisu2_text(377774217223832320.0), "377774217223832300");
  EXPECT_EQ(grisu2_text(1e21), "1e+21");
  EXPECT_EQ(grisu2_text(1e7), "10000000");
  EXPECT_EQ(grisu2_text(1e8), "1e+8");
  EXPECT_EQ(grisu2_text(1e-6), "0.000001");
  EXPECT_EQ(grisu2_text(1e-7), "1e-7");
  EXPECT_EQ(grisu2_text(5e-324), "5e-324");
}

TEST(Grisu2Test, ReadsBackAsTheSameDouble) {
  bench::Random random(6);
  for (int round = 0; round < 100000; ++round) {
    const auto number = std::bit_cast<double>(random.next());
    if (!std::isfinite(number)) continue;
    const std::string text = grisu2_text(number);
    const double back = std::strtod(text.c_str(), nullptr);
    ASSERT_EQ(std::bit_cast<uint64_t>(back), std::bit_cast<uint64_t>(number)) << text;
  }
}

TEST(Percent17gTest, IsThatOfC) {
  EXPECT_EQ(percent_17g_text(0.1), "0.10000000000000001");
  EXPECT_EQ(percent_17g_text(1e21), "1e+21");
  EXPECT_EQ(percent_17g_text(100000), "100000");
  EXPECT_EQ(percent_17g_text(kInfinity), "inf");
  EXPECT_EQ(percent_17g_text(-kInfinity), "-inf");
  EXPECT_EQ(percent_17g_text(-0.0), "-0");
  EXPECT_EQ(percent_17g_text(-2.5), "-2.5");
}

// What snprintf() gives, where the text is made another way.
void expect_as_in_c(double number) {
  if (std::isnan(number)) return;  // C prints its sign
  char text[kMostDoubleText];
  std::snprintf(text, sizeof text, "%.17g", number);
  ASSERT_EQ(percent_17g_text(number), text);
}

TEST(Percent17gTest, IsThatOfCAroundPowersOfTen) {
  for (int exponent = -10; exponent <= 20; ++exponent) {
    const double power = std::strtod(("1e" + std::to_string(exponent)).c_str(), nullptr);
    double above = power;
    double below = power;
    for (int step = 0; step < 50; ++step) {
      for (const double number : {above, below, -above, 5 * below, 9.9999999999999999 * below}) {
        expect_as_in_c(number);
      }
      above = std::nextafter(above, kInfinity);
      below = std::nextafter(below, 0);
    }
  }
}

TEST(Percent17gTest, IsThatOfCForAllKindsOfNumbers) {
  bench::Random random(7);
  for (int round = 0; round < 50000; ++round) {
    expect_as_in_c(std::bit_cast<double>(random.next()));
    const double scale = std::pow(10, static_cast<double>(random.between(0, 24)) - 6);
    expect_as_in_c(scale * static_cast<double>(random.next()) / 1.8e19);
    // Ends in a 5, which is rounded to even where the 18th digit is the last.
    expect_as_in_c(static_cast<double>(random.next() >> 11) /
                   static_cast<double>(uint64_t{1} << random.below(60)));
    expect_as_in_c(static_cast<double>(random.next() >> random.below(64)));
    expect_as_in_c(static_cast<double>(random.below(1000000)) / 100);
  }
}

// Of integers the digits are known without Grisu2, but for an exponent.
TEST(Grisu2Test, KeepsAllDigitsOfIntegers) {
  bench::Random random(8);
  for (int round = 0; round < 100000; ++round) {
    const uint64_t number = (random.next() >> 14) >> random.below(50);
    char digits[32];
    int length = 0;
    int exponent = 0;
    if (number == 0 || number >= 1'000'000'000'000'000) continue;
    nlohmann::detail::dtoa_impl::grisu2(digits, length, exponent, static_cast<double>(number));
    std::string expected(digits, static_cast<size_t>(length));
    expected.append(static_cast<size_t>(exponent), '0');
    ASSERT_EQ(std::to_string(number), expected);
    if (number % 100'000'000 == 0) continue;
    ASSERT_EQ(grisu2_text(static_cast<double>(number)), expected);
    ASSERT_EQ(grisu2_text(-static_cast<double>(number)), "-" + expected);
  }
}

TEST(ArrayDoubleTest, AlwaysHasAPointOrAnExponent) {
  EXPECT_EQ(array_double_text(1), "1.0");
  EXPECT_EQ(array_double_text(-0.0), "-0.0");
  EXPECT_EQ(array_double_text(0), "0.0");
  EXPECT_EQ(array_double_text(100000), "100000.0");
  EXPECT_EQ(array_double_text(1e8), "100000000.0");
  EXPECT_EQ(array_double_text(0.1), "0.1");
  EXPECT_EQ(array_double_text(1e300), "1e+300");
}

}  // namespace
}  // namespace rdbproof
