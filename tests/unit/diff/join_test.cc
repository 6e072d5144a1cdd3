#include "engine/diff/join.h"

#include <gtest/gtest.h>

#include <mutex>

#include "engine/io/scratch_file.h"

namespace rdbproof {
namespace {

using enum DifferenceKind;

KeyRecord key(uint64_t name, uint64_t content = 1) {
  KeyRecord record;
  record.name_high = name;
  record.name_low = name;
  record.content = content;
  return record;
}

KeyRecord expiring(uint64_t name, int64_t expire_at_ms) {
  KeyRecord record = key(name);
  record.flags = KeyRecord::kHasExpiry;
  record.expire_at_ms = expire_at_ms;
  return record;
}

struct Joined {
  JoinResult result;
  DifferenceCounts counts;
  std::vector<Difference> differing;
  std::vector<Difference> uncertain;
};

Joined join(std::vector<KeyRecord> a, std::vector<KeyRecord> b, const CompareOptions& options = {},
            uint64_t most_records = 1000) {
  const auto fill = [](RecordStore& store, std::vector<KeyRecord>& records) {
    for (size_t i = 0; i < records.size(); ++i) records[i].place = i;
    KeyRecordBatch batch;
    batch.few = records;
    EXPECT_TRUE(store.add(std::move(batch)));
    EXPECT_TRUE(store.finish());
  };
  const OpenScratch no_scratch = [] { return fail("no scratch"); };
  RecordStore store_a(1 << 30, no_scratch);
  RecordStore store_b(1 << 30, no_scratch);
  fill(store_a, a);
  fill(store_b, b);
  Joined joined;
  std::mutex mutex;
  const auto into = [&](std::vector<Difference>& all) {
    return [&](std::vector<Difference>&& some) -> Result<void> {
      const std::lock_guard lock(mutex);
      all.insert(all.end(), some.begin(), some.end());
      return {};
    };
  };
  auto result = Join(store_a, store_b, options, most_records)
                    .run({into(joined.differing), into(joined.uncertain)});
  EXPECT_TRUE(result);
  joined.result = *result;
  for (const auto& [slots, counts] : joined.result.counts) joined.counts.merge(counts);
  std::sort(joined.differing.begin(), joined.differing.end());
  return joined;
}

TEST(Join, TellsTheKindsApart) {
  KeyRecord list = key(4);
  list.type_slot = 1;
  const Joined joined = join({key(1), key(2), key(3), key(4), key(5)},
                             {key(1), key(3, 2), list, expiring(5, 9), key(6)});
  ASSERT_EQ(joined.differing.size(), 5u);
  EXPECT_EQ(joined.differing[0].kind, kOnlyA);
  EXPECT_EQ(joined.differing[1].kind, kValue);
  EXPECT_EQ(joined.differing[2].kind, kType);
  EXPECT_EQ(joined.differing[3].kind, kExpiry);
  EXPECT_EQ(joined.differing[4].kind, kOnlyB);
  EXPECT_EQ(joined.counts[kSame], 1u);
  EXPECT_EQ(joined.counts.in_a(), 5u);
  EXPECT_EQ(joined.counts.in_b(), 5u);
}

TEST(Join, PairsWhatOccursTwiceInOrder) {
  const Joined joined = join({key(1, 7), key(1, 8), key(1, 9)}, {key(1, 7), key(1, 9)});
  EXPECT_EQ(joined.result.repeated_a.within, (std::map<size_t, uint64_t>{{0, 2}}));
  EXPECT_EQ(joined.result.repeated_b.within, (std::map<size_t, uint64_t>{{0, 1}}));
  EXPECT_EQ(joined.result.repeated_a.across, 0u);
  EXPECT_EQ(joined.counts[kSame], 1u);
  EXPECT_EQ(joined.counts[kValue], 1u);
  EXPECT_EQ(joined.counts[kOnlyA], 1u);
}

TEST(Join, TakesAKeyWithoutExpiryForAnotherThanOneThatExpiresInTheYear1970) {
  EXPECT_EQ(join({key(1)}, {expiring(1, 0)}).counts[kExpiry], 1u);
  EXPECT_EQ(join({key(1)}, {expiring(1, 0)}, {.expiry_tolerance_ms = 5}).counts[kExpiry], 1u);
  EXPECT_EQ(join({key(1)}, {expiring(1, 0)}, {.ignore_expiry = true}).counts[kSame], 1u);
}

TEST(Join, ToleratesExpiriesUpToTheLimit) {
  const CompareOptions options{.expiry_tolerance_ms = 500};
  EXPECT_EQ(join({expiring(1, 1000)}, {expiring(1, 1500)}, options).counts[kSame], 1u);
  EXPECT_EQ(join({expiring(1, 1000)}, {expiring(1, 499)}, options).counts[kExpiry], 1u);
  EXPECT_EQ(join({expiring(1, INT64_MIN)}, {expiring(1, INT64_MAX)}, options).counts[kExpiry], 1u);
}

TEST(Join, LeavesExpiriesOfMembersToOthersWhereSomeAreTolerated) {
  KeyRecord other = key(1);
  other.members = 5;
  EXPECT_EQ(join({key(1)}, {other}).counts[kExpiry], 1u);
  EXPECT_EQ(join({key(1)}, {other}, {.ignore_expiry = true}).counts[kSame], 1u);
  const Joined joined = join({key(1)}, {other}, {.expiry_tolerance_ms = 1});
  EXPECT_EQ(joined.uncertain.size(), 1u);
  EXPECT_TRUE(joined.result.counts.empty());
}

// All in one bucket, as somebody could choose the names.
TEST(Join, NeedsNoMoreMemoryForACrowdedBucket) {
  std::vector<KeyRecord> a;
  std::vector<KeyRecord> b;
  for (uint64_t i = 0; i < 5000; ++i) {
    a.push_back(key(i));
    b.push_back(key(i, i % 10 == 0 ? 2 : 1));
  }
  for (const uint64_t most_records : {uint64_t{1}, uint64_t{100}, uint64_t{100'000}}) {
    const Joined joined = join(a, b, {}, most_records);
    EXPECT_EQ(joined.counts[kValue], 500u);
    EXPECT_EQ(joined.counts[kSame], 4500u);
  }
}

TEST(Join, HandsOnTheErrorOfASink) {
  RecordStore a(1 << 30, nullptr);
  RecordStore b(1 << 30, nullptr);
  KeyRecordBatch batch;
  batch.few = {key(1)};
  ASSERT_TRUE(a.add(std::move(batch)));
  ASSERT_TRUE(a.finish());
  const auto refuse = [](std::vector<Difference>&&) -> Result<void> { return fail("full"); };
  const auto result = Join(a, b, {}, 10).run({refuse, refuse});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "full");
}

}  // namespace
}  // namespace rdbproof
