#include "engine/encoding/double_text.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>

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
