#include "engine/fingerprint/member_set.h"

#include <gtest/gtest.h>

#include "tests/unit/hash/memory_scratch.h"

namespace rdbproof {
namespace {

using test::hash_of;
using test::TestStorage;

// Sizes at which another way of looking takes over; 131072 fill eight groups on average.
class MemberSetSizes : public testing::TestWithParam<uint64_t> {};

TEST_P(MemberSetSizes, NoticesOneRepetitionWhereverItIs) {
  const uint64_t size = GetParam();
  for (const uint64_t budget : {uint64_t{1} << 30, uint64_t{100000}, uint64_t{0}}) {
    TestStorage storage(budget);
    MemberSet set(storage.storage());
    for (const uint64_t repeated : {uint64_t{0}, size / 2, size - 1}) {
      set.clear();
      for (uint64_t i = 0; i < size; ++i) set.add(hash_of(i));
      EXPECT_EQ(set.repeated(), std::nullopt);
      set.clear();
      for (uint64_t i = 0; i < size; ++i) set.add(hash_of(i));
      set.add(hash_of(repeated));
      EXPECT_EQ(set.repeated(), Mark(hash_of(repeated))) << repeated << " of " << size;
      EXPECT_EQ(set.failure(), std::nullopt);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, MemberSetSizes,
                         testing::Values(1, 2, 11, 12, 13, 100, 1000, 100000, 131072, 140000,
                                         300000));

TEST(MemberSetTest, NothingIsNotRepeated) {
  TestStorage storage(0);
  MemberSet set(storage.storage());
  EXPECT_EQ(set.repeated(), std::nullopt);
  set.clear();
  EXPECT_EQ(set.repeated(), std::nullopt);
}

TEST(MemberSetTest, EqualLowHalvesAreNotEnough) {
  TestStorage storage(1 << 30);
  for (const uint64_t size : {uint64_t{10}, uint64_t{100}, uint64_t{100000}}) {
    MemberSet set(storage.storage());
    for (uint64_t i = 0; i < size; ++i) set.add(make_uint128(i, 7));
    EXPECT_EQ(set.repeated(), std::nullopt) << size;
  }
}

// Low halves that all want the same place in a table, in one group and one bucket.
TEST(MemberSetTest, CrowdingIsSeenThrough) {
  TestStorage storage(1 << 30);
  for (const uint64_t size : {uint64_t{10000}, uint64_t{300000}}) {
    for (const bool repeat : {false, true}) {
      MemberSet set(storage.storage());
      for (uint64_t i = 0; i < size; ++i) set.add(make_uint128(i, i));
      if (repeat) set.add(make_uint128(1, 1));
      EXPECT_EQ(set.repeated().has_value(), repeat) << size;
    }
  }
}

TEST(MemberSetTest, SaysWhyItCouldNotCompare) {
  TestStorage storage(1000, 0);
  MemberSet set(storage.storage());
  for (uint64_t i = 0; i < 300000; ++i) set.add(hash_of(i / 2));
  EXPECT_EQ(set.repeated(), std::nullopt);
  EXPECT_EQ(set.failure(), "no room");
  set.clear();
  EXPECT_EQ(set.failure(), std::nullopt);
  for (uint64_t i = 0; i < 1000; ++i) set.add(hash_of(i / 2));
  EXPECT_TRUE(set.repeated()) << "small values need no room";
  EXPECT_EQ(set.failure(), std::nullopt);
}

TEST(MemberSetTest, GivesItsRoomBack) {
  TestStorage storage(uint64_t{1} << 30);
  {
    MemberSet set(storage.storage());
    for (uint64_t i = 0; i < 300000; ++i) set.add(hash_of(i));
    EXPECT_FALSE(storage.memory().take(uint64_t{1} << 30));
    EXPECT_EQ(set.repeated(), std::nullopt);
    EXPECT_TRUE(storage.memory().take(uint64_t{1} << 30)) << "as soon as it was compared";
    storage.memory().give_back(uint64_t{1} << 30);
    set.clear();
    for (uint64_t i = 0; i < 300000; ++i) set.add(hash_of(i));
  }
  EXPECT_TRUE(storage.memory().take(uint64_t{1} << 30)) << "also when it was not";
}

}  // namespace
}  // namespace rdbproof
