#include "engine/verify/database_order.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rdbproof {
namespace {

// The numbers from `begin` to `end`, each at its index.
DatabaseOrder order_of(const std::vector<uint64_t>& numbers, size_t begin, size_t end) {
  DatabaseOrder order;
  for (size_t i = begin; i < end; ++i) order.add({numbers[i], i});
  return order;
}

struct Case {
  std::vector<uint64_t> numbers;
  int disorder;  // index of the first out of order; -1: none
  uint64_t highest;
};

const Case kCases[] = {
    {{0}, -1, 0},      {{0, 1, 5}, -1, 5},   {{3, 3}, 1, 3},          {{0, 2, 1, 3}, 2, 3},
    {{5, 0, 1}, 1, 5}, {{0, 1, 0, 1}, 2, 1}, {{0, 1, 2, 3, 3}, 4, 3}, {{1, 2, 0, 2}, 2, 2},
};

TEST(DatabaseOrderTest, IsTheSameHoweverTheFileIsCut) {
  for (const Case& one : kCases) {
    const size_t size = one.numbers.size();
    for (size_t first = 0; first <= size; ++first) {
      for (size_t second = first; second <= size; ++second) {
        DatabaseOrder order = order_of(one.numbers, 0, first);
        order.absorb(order_of(one.numbers, first, second));
        order.absorb(order_of(one.numbers, second, size));
        EXPECT_EQ(order.disorder() ? static_cast<int>(order.disorder()->offset) : -1, one.disorder);
        EXPECT_EQ(order.highest()->number, one.highest);
      }
    }
  }
}

TEST(DatabaseOrderTest, WithoutDatabasesThereIsNone) {
  DatabaseOrder order;
  order.absorb(DatabaseOrder());
  EXPECT_FALSE(order.disorder());
  EXPECT_FALSE(order.highest());
}

}  // namespace
}  // namespace rdbproof
