#include "engine/hash/distinct_filter.h"

#include <gtest/gtest.h>

#include "tests/unit/hash/memory_scratch.h"

namespace rdbproof {
namespace {

bool are_surely_distinct(DistinctFilter& filter, const std::vector<uint64_t>& numbers) {
  filter.begin(numbers.size());
  filter.add(numbers, [](uint64_t number) { return number; });
  return filter.surely_distinct();
}

TEST(DistinctFilterTest, MissesNoEqualPair) {
  DistinctFilter filter;
  for (const size_t size : {size_t{2}, size_t{3}, size_t{40}, size_t{1000}, size_t{30000}}) {
    std::vector<uint64_t> numbers;
    for (uint64_t i = 0; i < size; ++i) numbers.push_back(static_cast<uint64_t>(test::hash_of(i)));
    EXPECT_TRUE(are_surely_distinct(filter, numbers)) << size;
    for (uint64_t i = 0; i < 100; ++i) {
      const size_t first = static_cast<size_t>(test::hash_of(i)) % size;
      const size_t second = static_cast<size_t>(test::hash_of(i + 1000)) % size;
      if (first == second) continue;
      std::vector<uint64_t> twice = numbers;
      twice[second] = twice[first];
      EXPECT_FALSE(are_surely_distinct(filter, twice)) << size << ' ' << first << ' ' << second;
    }
  }
}

TEST(DistinctFilterTest, ChosenNumbersAreComparedToo) {
  DistinctFilter filter;
  std::vector<uint64_t> numbers;
  for (uint64_t i = 0; i < 100000; ++i) numbers.push_back(2 * i);  // one slot, other tags
  EXPECT_TRUE(are_surely_distinct(filter, numbers));
  numbers.push_back(numbers[77777]);
  EXPECT_FALSE(are_surely_distinct(filter, numbers));
  EXPECT_TRUE(are_surely_distinct(filter, {}));
}

}  // namespace
}  // namespace rdbproof
