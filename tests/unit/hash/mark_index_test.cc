#include "engine/hash/mark_index.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "tests/unit/hash/memory_scratch.h"

namespace rdbproof {
namespace {

using test::hash_of;
using test::TestStorage;

constexpr uint64_t kPlenty = uint64_t{1} << 30;

// Adds runs of `size` and finds what is repeated.
Result<Repetitions> find_all(const MarkStorage& storage, const std::vector<Uint128>& hashes,
                             size_t size) {
  MarkIndex index(storage);
  Slabs slabs;
  for (size_t i = 0; i < hashes.size(); i += size) {
    const auto part = std::span(hashes).subspan(i, std::min(size, hashes.size() - i));
    TRY_VOID(index.add(MarkRun(part, slabs)));
  }
  Repetitions found;
  MarkIndex::Workspace workspace;
  for (size_t bucket = 0; bucket < kMarkBuckets; ++bucket) {
    TRY_VOID(index.find_repeated(bucket, workspace, found));
  }
  return found;
}

std::vector<Mark> repeated_marks(const std::vector<Uint128>& hashes) {
  std::map<Mark, int> counts;
  for (const Uint128 hash : hashes) ++counts[Mark(hash)];
  std::vector<Mark> marks;
  for (const auto& [mark, count] : counts) {
    if (count > 1) marks.push_back(mark);
  }
  return marks;
}

// Every 1000th occurs twice, one of them a hundred times.
std::vector<Uint128> some_repeated(uint64_t count) {
  std::vector<Uint128> hashes;
  for (uint64_t i = 0; i < count; ++i) hashes.push_back(hash_of(i));
  for (uint64_t i = 0; i < count; i += 1000) hashes.push_back(hash_of(i));
  for (uint64_t i = 0; i < 98; ++i) hashes.push_back(hash_of(0));
  return hashes;
}

TEST(MarkIndexTest, FindsTheSameInMemoryAndOnDiskAndInSmallTables) {
  const std::vector<Uint128> hashes = some_repeated(200000);
  for (const uint64_t budget : {kPlenty, uint64_t{1} << 20, uint64_t{0}}) {
    for (const uint64_t table_bytes : {uint64_t{1} << 20, uint64_t{1000}, uint64_t{0}}) {
      for (const size_t run : {size_t{3000}, MarkRun::kMostMarks}) {
        TestStorage storage(budget, int64_t{1} << 40, table_bytes);
        Result<Repetitions> found = find_all(storage.storage(), hashes, run);
        ASSERT_TRUE(found);
        EXPECT_EQ(found->total(), 298u) << budget << ' ' << table_bytes << ' ' << run;
        EXPECT_EQ(found->marks(), repeated_marks(hashes));
        EXPECT_TRUE(found->kept_all());
        EXPECT_EQ(storage.written() == 0, budget == kPlenty);
      }
    }
  }
}

TEST(MarkIndexTest, FlippedRunsAreThoseOfTheFlippedHashes) {
  const Uint128 bits = make_uint128(0xfedcba9876543210, 0x0123456789abcdef);
  for (const uint64_t budget : {kPlenty, uint64_t{0}}) {
    TestStorage storage(budget);
    MarkIndex index(storage.storage());
    Slabs slabs;
    std::vector<Uint128> plain;
    std::vector<Uint128> flipped;
    for (uint64_t i = 0; i < 1000; ++i) plain.push_back(hash_of(i));
    for (uint64_t i = 900; i < 1900; ++i) flipped.push_back(hash_of(i) ^ bits);
    ASSERT_TRUE(index.add(MarkRun(plain, slabs)));
    MarkRun run(flipped, slabs);
    run.flip(bits);
    ASSERT_TRUE(index.add(std::move(run)));
    Repetitions found;
    MarkIndex::Workspace workspace;
    for (size_t bucket = 0; bucket < kMarkBuckets; ++bucket) {
      ASSERT_TRUE(index.find_repeated(bucket, workspace, found));
    }
    EXPECT_EQ(found.total(), 100u);
  }
}

// All in one bucket, and in the filter on one place: each mark is looked at a few times at most.
TEST(MarkIndexTest, CrowdingABucketIsNotQuadratic) {
  std::vector<Uint128> hashes;
  for (uint64_t i = 0; i < 300000; ++i) hashes.push_back(make_uint128(i, 0));
  TestStorage storage(hashes.size() * sizeof(Mark) + 20000, int64_t{1} << 40, 100000);
  Result<Repetitions> found = find_all(storage.storage(), hashes, 30000);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->total(), 0u);
  EXPECT_GT(storage.written(), 0u);
  EXPECT_LT(storage.written(), 2 * hashes.size() * sizeof(Mark)) << "put aside once, not again";
}

TEST(MarkIndexTest, OneMarkManyTimesTakesOnePlace) {
  const std::vector<Uint128> hashes(300000, hash_of(1));
  TestStorage storage(kPlenty, int64_t{1} << 40, 1000);
  Result<Repetitions> found = find_all(storage.storage(), hashes, 30000);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->total(), 299999u);
  EXPECT_EQ(found->marks(), std::vector<Mark>{Mark(hash_of(1))});
  EXPECT_EQ(storage.written(), 0u);
}

TEST(MarkIndexTest, ZeroIsAMark) {
  TestStorage storage(kPlenty);
  Result<Repetitions> found = find_all(storage.storage(), {0, 0, 5}, 10);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->total(), 1u);
}

TEST(MarkIndexTest, AFullDiskIsAnError) {
  const std::vector<Uint128> hashes = some_repeated(100000);
  TestStorage none(0, 0);
  EXPECT_EQ(find_all(none.storage(), hashes, 3000).error().message, "no room");
  TestStorage full(0, 500000);
  EXPECT_EQ(find_all(full.storage(), hashes, 3000).error().message, "no room");
  TestStorage unreadable(0);
  unreadable.break_reading();
  EXPECT_EQ(find_all(unreadable.storage(), hashes, 3000).error().message, "cannot read");
  // What a table has no room for needs disk even if the marks are in memory.
  constexpr size_t kRuns = 34;
  TestStorage small_tables(hashes.size() * sizeof(Mark) + kRuns * 1100, 100, 100);
  EXPECT_EQ(find_all(small_tables.storage(), hashes, 3000).error().message, "no room");
}

TEST(MarkIndexTest, GivesMemoryBack) {
  TestStorage storage(kPlenty);
  {
    MarkIndex index(storage.storage());
    Slabs slabs;
    ASSERT_TRUE(index.add(MarkRun(some_repeated(10000), slabs)));
    EXPECT_FALSE(storage.memory().take(kPlenty));
  }
  EXPECT_TRUE(storage.memory().take(kPlenty));
}

TEST(RepetitionsTest, KeepsTheLowestWhateverTheOrder) {
  constexpr uint64_t kMany = 5 * Repetitions::kMostKept;
  std::vector<Mark> all;
  for (uint64_t i = 0; i < kMany; ++i) all.emplace_back(hash_of(i));
  Repetitions forward;
  for (const Mark& mark : all) forward.add(mark);
  Repetitions halves[2];
  for (uint64_t i = 0; i < kMany; ++i) halves[i % 3 == 0 ? 1 : 0].add(all[kMany - 1 - i]);
  halves[0].merge(std::move(halves[1]));
  EXPECT_EQ(forward.total(), kMany);
  EXPECT_EQ(halves[0].total(), kMany);
  EXPECT_FALSE(forward.kept_all());
  EXPECT_FALSE(halves[0].kept_all());
  std::ranges::sort(all);
  all.resize(Repetitions::kMostKept);
  EXPECT_EQ(forward.marks(), all);
  EXPECT_EQ(halves[0].marks(), all);
}

TEST(RepetitionsTest, ManyOfOneAreOne) {
  Repetitions repetitions;
  for (uint64_t i = 0; i < 10 * Repetitions::kMostKept; ++i) {
    repetitions.add(Mark(hash_of(i % 10)));
  }
  EXPECT_EQ(repetitions.marks().size(), 10u);
  EXPECT_TRUE(repetitions.kept_all());
  EXPECT_EQ(repetitions.total(), 10 * Repetitions::kMostKept);
}

}  // namespace
}  // namespace rdbproof
