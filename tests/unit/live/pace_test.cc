#include "engine/live/pace.h"

#include <gtest/gtest.h>

namespace rdbproof {
namespace {

using std::chrono::milliseconds;

// Keys that get through in ten simulated seconds, asked for in batches.
uint64_t keys_in_ten_seconds(Pace& pace, uint64_t batch, uint64_t bytes) {
  Pace::Time now{};
  const Pace::Time end = now + std::chrono::seconds(10);
  uint64_t keys = 0;
  while (now < end) {
    keys += batch;
    now += milliseconds(1) + pace.pause_after(batch, bytes, now);
  }
  return keys;
}

TEST(Pace, HoldsTheRateOfKeys) {
  for (const uint64_t batch : {uint64_t{1}, uint64_t{10}, uint64_t{512}}) {
    Pace pace(1000, 0, milliseconds(0));
    const uint64_t keys = keys_in_ten_seconds(pace, batch, 100);
    EXPECT_LE(keys, 10'000 + 2 * batch) << batch;
    EXPECT_GE(keys, batch == 1 ? 4000u : 9000u) << batch;
  }
}

TEST(Pace, HoldsTheRateOfBytes) {
  Pace pace(0, 1'000'000, milliseconds(0));
  EXPECT_LE(keys_in_ten_seconds(pace, 100, 100'000), 10'100u);
}

TEST(Pace, HasNoLimitUnlessThereIsOne) {
  Pace pace(0, 0, milliseconds(0));
  EXPECT_FALSE(pace.wants_probes());
  EXPECT_EQ(pace.pause_after(1'000'000, 1'000'000'000, {}), Pace::Duration(0));
}

// Who was slow for a while may not make up for it.
TEST(Pace, DoesNotSaveTimeUp) {
  Pace pace(1000, 0, milliseconds(0));
  const Pace::Time later = Pace::Time{} + std::chrono::hours(1);
  EXPECT_EQ(pace.pause_after(500, 0, {}), milliseconds(500));
  EXPECT_EQ(pace.pause_after(500, 0, later), milliseconds(500));
  EXPECT_EQ(pace.pause_after(500, 0, later), milliseconds(1000));
}

TEST(Pace, SlowsDownAndThenStops) {
  Pace pace(0, 0, milliseconds(50));
  EXPECT_TRUE(pace.wants_probes());
  Pace::Duration before{0};
  int slow = 0;
  while (pace.note_latency(milliseconds(60))) {
    const Pace::Duration now = pace.pause_after(1, 1, {});
    EXPECT_GT(now, before);
    before = now;
    ASSERT_LT(++slow, 20);
  }
  EXPECT_GE(slow, 2);
}

TEST(Pace, SpeedsUpAgain) {
  Pace pace(0, 0, milliseconds(50));
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(pace.note_latency(milliseconds(60)));
    ASSERT_TRUE(pace.note_latency(milliseconds(50)));
  }
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(pace.note_latency(milliseconds(1)));
  EXPECT_EQ(pace.pause_after(1, 1, {}), Pace::Duration(0));
  EXPECT_EQ(pace.slowdowns(), 1000u);
}

}  // namespace
}  // namespace rdbproof
