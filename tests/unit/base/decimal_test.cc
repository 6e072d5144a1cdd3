#include "engine/base/decimal.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "bench/random.h"

namespace rdbproof {
namespace {

std::string decimal(int64_t number) {
  std::array<char, kDecimalBytes> out{};
  const size_t length = write_decimal(out.data(), number);
  return {out.data(), length};
}

TEST(DecimalTest, IsWhatTheLibraryWrites) {
  EXPECT_EQ(decimal(0), "0");
  EXPECT_EQ(decimal(INT64_MIN), "-9223372036854775808");
  EXPECT_EQ(decimal(INT64_MAX), "9223372036854775807");
  // Around every power of ten, where the number of digits changes.
  uint64_t power = 1;
  for (int i = 0; i < 19; ++i, power *= 10) {
    for (int64_t offset = -2; offset <= 2; ++offset) {
      const int64_t number = static_cast<int64_t>(power) + offset;
      EXPECT_EQ(decimal(number), std::to_string(number));
      EXPECT_EQ(decimal(-number), std::to_string(-number));
    }
  }
  bench::Random random(11);
  for (int i = 0; i < 100'000; ++i) {
    const auto bits = static_cast<int64_t>(random.below(UINT64_MAX));
    const int64_t number = bits >> random.below(64);
    ASSERT_EQ(decimal(number), std::to_string(number));
  }
}

}  // namespace
}  // namespace rdbproof
