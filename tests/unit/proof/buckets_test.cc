#include "engine/proof/buckets.h"

#include <gtest/gtest.h>

#include <string>

namespace rdbproof {
namespace {

KeyFingerprint key(uint64_t number, uint64_t value = 0, uint64_t expiry = 0) {
  const auto hash = [](const std::string& text) { return hash128(text); };
  const std::string name = std::to_string(number);
  const std::string content = name + ":" + std::to_string(value);
  return {hash(name), hash(content), hash(content + "@" + std::to_string(expiry))};
}

Buckets make(uint64_t from, uint64_t to, uint64_t count = 1024) {
  Buckets buckets(count);
  for (uint64_t i = from; i < to; ++i) buckets.add(key(i), i % 3);
  return buckets;
}

TEST(Buckets, OfTheSameKeysAreEqualInAnyGrouping) {
  Buckets merged = make(500, 1000);
  merged.merge(make(0, 500));
  const BucketDifference difference = compare(merged, make(0, 1000), false);
  EXPECT_EQ(difference.buckets, 0u);
  EXPECT_EQ(difference.estimate, 0u);
  EXPECT_EQ(difference.a_keys, 1000u);
  EXPECT_EQ(difference.b_keys, 1000u);
}

TEST(Buckets, AValueAnExpiryAndADatabaseTell) {
  const auto one = [](const KeyFingerprint& fingerprint, uint64_t database) {
    Buckets buckets = make(10, 1000);
    buckets.add(fingerprint, database);
    return buckets;
  };
  const Buckets base = one(key(1), 0);
  EXPECT_EQ(compare(base, one(key(1, 2), 0), false).buckets, 1u);
  EXPECT_EQ(compare(base, one(key(1, 2), 0), true).buckets, 1u);
  EXPECT_EQ(compare(base, one(key(1, 0, 5), 0), false).buckets, 1u);
  EXPECT_EQ(compare(base, one(key(1, 0, 5), 0), true).buckets, 0u);
  EXPECT_GE(compare(base, one(key(1), 1), true).buckets, 1u);
}

TEST(Buckets, ADatabaseTellsInASingleBucket) {
  Buckets a(1);
  Buckets b(1);
  a.add(key(1), 0);
  b.add(key(1), 1);
  EXPECT_EQ(compare(a, b, true).buckets, 1u);
}

TEST(Buckets, TheEstimateIsNearAndNeverBelowWhatIsProven) {
  const BucketDifference some = compare(make(0, 5000), make(400, 5000), false);
  EXPECT_NEAR(static_cast<double>(some.estimate), 400, 60);
  EXPECT_FALSE(some.is_least);
  const BucketDifference all = compare(make(0, 0, 4), make(0, 5000, 4), false);
  EXPECT_EQ(all.buckets, 4u);
  EXPECT_EQ(all.estimate, 5000u);
  EXPECT_TRUE(all.is_least);
}

TEST(Buckets, OnlyPowersOfTwoAreCounts) {
  for (const uint64_t good : {uint64_t{1}, kDefaultBuckets, kMostBuckets}) {
    EXPECT_TRUE(Buckets::is_valid_count(good));
  }
  for (const uint64_t bad : {uint64_t{0}, uint64_t{3}, 2 * kMostBuckets}) {
    EXPECT_FALSE(Buckets::is_valid_count(bad));
  }
}

}  // namespace
}  // namespace rdbproof
