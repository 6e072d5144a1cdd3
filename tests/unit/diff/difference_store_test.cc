#include "engine/diff/difference_store.h"

#include <gtest/gtest.h>

#include "bench/random.h"
#include "engine/io/scratch_file.h"
#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

Difference at(uint64_t place, DifferenceKind kind = DifferenceKind::kOnlyA) {
  Difference difference{kind, kind != DifferenceKind::kOnlyB, {}, {}};
  (kind == DifferenceKind::kOnlyB ? difference.b : difference.a).place = place;
  return difference;
}

std::vector<uint64_t> places(DifferenceStore& store, size_t at_a_time) {
  std::vector<uint64_t> result;
  while (true) {
    auto some = store.next(at_a_time);
    EXPECT_TRUE(some);
    if (!some || some->empty()) return result;
    EXPECT_LE(some->size(), at_a_time);
    for (const Difference& difference : *some) result.push_back(difference.first().place);
  }
}

TEST(DifferenceStore, GivesThemInOrderFromMemoryAndDisk) {
  constexpr uint64_t kCount = 20'000;
  for (const uint64_t memory : {uint64_t{0}, uint64_t{1} << 30}) {
    const test::TempDir dir;
    DifferenceStore store(UINT64_MAX, memory, [&] { return ScratchFile::create(dir.path()); });
    for (uint64_t i = 0; i < kCount; ++i) {
      ASSERT_TRUE(store.add({at(bench::mix(i) % kCount * kCount + i)}));
    }
    const std::vector<uint64_t> all = places(store, 777);
    EXPECT_EQ(all.size(), kCount);
    EXPECT_TRUE(std::ranges::is_sorted(all));
  }
}

TEST(DifferenceStore, PutsThoseOfBBehindThoseOfA) {
  DifferenceStore store(UINT64_MAX, 0, nullptr);
  ASSERT_TRUE(store.add({at(1, DifferenceKind::kOnlyB), at(2), at(0, DifferenceKind::kOnlyB)}));
  EXPECT_EQ(places(store, 10), (std::vector<uint64_t>{2, 0, 1}));
}

// No scratch: what is not among the first is not kept.
TEST(DifferenceStore, KeepsTheFirstOnly) {
  DifferenceStore store(3, 0, nullptr);
  for (uint64_t i = 10'000; i > 0; --i) ASSERT_TRUE(store.add({at(i)}));
  EXPECT_EQ(places(store, 2), (std::vector<uint64_t>{1, 2, 3}));
}

TEST(DifferenceStore, KeepsNoneIfNoneIsWanted) {
  DifferenceStore store(0, 0, nullptr);
  ASSERT_TRUE(store.add({at(1)}));
  EXPECT_TRUE(places(store, 2).empty());
}

TEST(DifferenceStore, SaysWhenTheDiskIsFull) {
  DifferenceStore store(UINT64_MAX, 0, [] { return fail("disk full"); });
  Result<void> added;
  for (uint64_t i = 0; i < 10'000 && added; ++i) added = store.add({at(i)});
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().message, "disk full");
}

}  // namespace
}  // namespace rdbproof
