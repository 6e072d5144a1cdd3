#include "engine/fingerprint/member_set.h"

#include <gtest/gtest.h>

namespace rdbproof {
namespace {

constexpr uint64_t kPlenty = uint64_t{1} << 30;

Uint128 hash_of(uint64_t number) {
  return hash128({reinterpret_cast<const char*>(&number), sizeof number});
}

// Sizes at which another way of looking takes over.
class MemberSetSizes : public testing::TestWithParam<uint64_t> {};

TEST_P(MemberSetSizes, NoticesOneRepetitionWhereverItIs) {
  const uint64_t size = GetParam();
  for (const uint64_t repeated : {uint64_t{0}, size / 2, size - 1}) {
    MemberSet set(kPlenty);
    for (uint64_t i = 0; i < size; ++i) set.add(hash_of(i));
    EXPECT_FALSE(set.has_repetition());
    set.clear();
    for (uint64_t i = 0; i < size; ++i) set.add(hash_of(i));
    set.add(hash_of(repeated));
    EXPECT_TRUE(set.has_repetition()) << repeated << " of " << size;
    EXPECT_FALSE(set.gave_up());
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, MemberSetSizes,
                         testing::Values(1, 2, 11, 12, 13, 1000, 65535, 65536, 65537, 200000));

TEST(MemberSetTest, EqualLowHalvesAreNotEnough) {
  MemberSet set(kPlenty);
  for (uint64_t i = 0; i < 100; ++i) set.add(make_uint128(i, 7));
  EXPECT_FALSE(set.has_repetition());
  MemberSet many(kPlenty);
  for (uint64_t i = 0; i < 100000; ++i) many.add(make_uint128(i, 7));
  EXPECT_FALSE(many.has_repetition());
}

// Low halves that all want the same place in a table.
TEST(MemberSetTest, CrowdingCostsNothingButASort) {
  for (const uint64_t size : {uint64_t{60000}, uint64_t{300000}}) {
    MemberSet set(kPlenty);
    for (uint64_t i = 0; i < size; ++i) set.add(make_uint128(i, i << 40));
    EXPECT_FALSE(set.has_repetition());
    set.add(make_uint128(1, uint64_t{1} << 40));
    EXPECT_TRUE(set.has_repetition());
  }
}

TEST(MemberSetTest, GivesUpBeyondItsBudget) {
  MemberSet set(100000 * sizeof(Mark));
  for (uint64_t i = 0; i < 100000; ++i) set.add(hash_of(i));
  EXPECT_FALSE(set.has_repetition());
  EXPECT_FALSE(set.gave_up());
  set.add(hash_of(100000));
  EXPECT_FALSE(set.has_repetition());
  EXPECT_TRUE(set.gave_up());
  set.clear();
  EXPECT_FALSE(set.gave_up());
}

}  // namespace
}  // namespace rdbproof
