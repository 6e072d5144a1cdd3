#include "engine/rdb/framer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "engine/rdb/writer.h"
#include "tests/unit/base/hex.h"
#include "tests/unit/rdb/recording_sink.h"

namespace rdbproof {
namespace {

using test::context_of;
using test::from_hex;
using test::kRecordsOffset;
using test::rdb_string;

// Lengths of the frames of one record each, with windows that show `step` bytes more at a time.
std::vector<uint64_t> cut(const FileContext& file, Bytes records, uint64_t step) {
  std::vector<uint64_t> lengths;
  uint64_t begin = 0;
  uint64_t shown = 0;
  for (;;) {
    const bool is_last = begin + shown >= records.size();
    const Framing framing =
        frame_records(file, records.substr(begin, shown), kRecordsOffset + begin, is_last, 1);
    EXPECT_EQ(framing.code, Code::kNone) << framing.detail;
    if (framing.length != 0) {
      lengths.push_back(framing.length);
      begin += framing.length;
      shown -= framing.length;
      if (framing.end_seen) return lengths;
    } else if (framing.need_more) {
      shown = std::min(shown + step, records.size() - begin);
    } else {
      return lengths;
    }
  }
}

std::set<uint64_t> ends_of(const std::vector<uint64_t>& lengths) {
  std::set<uint64_t> ends;
  uint64_t end = 0;
  for (const uint64_t length : lengths) ends.insert(end += length);
  return ends;
}

void expect_same_cuts(Bytes beginning, Bytes records, const std::vector<uint64_t>& lengths) {
  const FileContext file = context_of(beginning);
  for (uint64_t step = 1; step <= records.size(); ++step) {
    ASSERT_EQ(cut(file, records, step), lengths) << step;
  }
}

TEST(FramerTest, CutsAtTheSamePlacesWhateverTheWindowShows) {
  std::string records;
  std::vector<uint64_t> lengths;
  const auto add = [&](const std::string& record) {
    records += record;
    lengths.push_back(record.size());
  };
  add("\xfa" + rdb_string("name") + rdb_string("value"));
  add(from_hex("fe 00"));
  add(from_hex("fb 03 01"));
  add(from_hex("00 016b 0176"));
  add(from_hex("fc 0100000000000000 f8 05 f9 07 00 016b c07b"));  // attributes stay with their key
  add(from_hex("01 016b 02 0161 c3 04 04 0061 2000"));
  add(from_hex("05 016b 01 0161 000000000000f03f"));
  add(from_hex("03 016b 03 0161 01 31 0162 fe 0163 ff"));
  add(from_hex(
      "07 016b 81 0102030405060708 02 05 01 07 03 00000000 04 0000000000000000 05 0161 00"));
  add(from_hex("f7 0a 02 02 05 0161 00"));
  add("\xff");
  expect_same_cuts("REDIS0011", records, lengths);
}

TEST(FramerTest, KeepsKeyDbsAuxWithItsKey) {
  const auto aux = [](Bytes name, Bytes value) {
    return "\xfa" + rdb_string(name) + rdb_string(value);
  };
  const std::string first = aux("mvcc-tstamp", "1") + from_hex("02 0173 02 0161 0162") +
                            aux("keydb-subexpire-key", "a") + aux("keydb-subexpire-when", "5") +
                            aux("keydb-subexpire-key", "b") + aux("keydb-subexpire-when", "6");
  const std::string second = aux("mvcc-tstamp", "2") + from_hex("00 016b 0176");
  const std::string other = from_hex("fe 01");
  const std::string beginning = "REDIS0009" + aux("mvcc-tstamp", "1");
  const std::string records = first + second + other + "\xff";
  const FileContext file = context_of(beginning);
  const std::vector<uint64_t> lengths{first.size(), second.size(), other.size(), 1};
  EXPECT_EQ(cut(file, records, records.size()), lengths);
  // Where the window ends early, two keys may come together, but never a part of one.
  const std::set<uint64_t> ends = ends_of(lengths);
  for (uint64_t step = 1; step <= records.size(); ++step) {
    const std::set<uint64_t> seen = ends_of(cut(file, records, step));
    EXPECT_TRUE(std::ranges::includes(ends, seen)) << step;
    EXPECT_TRUE(seen.contains(records.size())) << step;
  }
}

// Whether it comes with the key before it depends on what the window shows, where records end not.
TEST(FramerTest, AnotherAuxAfterAKeyIsFramedWithItOrAlone) {
  const FileContext file = context_of("REDIS0009");
  const std::string key = from_hex("00 016b 0176");
  const std::string aux = "\xfa" + rdb_string("name") + rdb_string("value");
  const std::string records = key + aux + "\xff";
  const std::vector<uint64_t> apart{key.size(), aux.size(), 1};
  const std::vector<uint64_t> together{key.size() + aux.size(), 1};
  for (uint64_t step = 1; step <= records.size(); ++step) {
    const std::vector<uint64_t> lengths = cut(file, records, step);
    EXPECT_TRUE(lengths == apart || lengths == together) << step;
  }
}

TEST(FramerTest, GathersRecordsUpToItsAim) {
  const FileContext file = context_of("REDIS0011");
  std::string records;
  for (int i = 0; i < 10; ++i) records += from_hex("00 016b 0176");
  const auto framed = [&](uint64_t aim) {
    return frame_records(file, records, kRecordsOffset, true, aim).length;
  };
  EXPECT_EQ(framed(1), 5u);
  EXPECT_EQ(framed(5), 5u);
  EXPECT_EQ(framed(6), 10u);
  EXPECT_EQ(framed(1000), 50u);
}

TEST(FramerTest, StopsAtTheEndMark) {
  const FileContext file = context_of("REDIS0011");
  const std::string records = from_hex("00 016b 0176 ff 0102030405060708");
  const Framing framing = frame_records(file, records, kRecordsOffset, false, 1000);
  EXPECT_EQ(framing.length, 6u);
  EXPECT_TRUE(framing.end_seen);
}

struct Failure {
  const char* record;
  Code code;
  uint64_t offset;
};

TEST(FramerTest, SaysWhereARecordIsWrong) {
  const FileContext file = context_of("REDIS0011");
  const Failure failures[] = {
      {"63", Code::kUnknownOpcode, 0},
      {"fe c0", Code::kBadLength, 2},
      {"fe 82", Code::kBadLength, 2},
      {"00 016b c4", Code::kBadString, 4},
      {"00 056b", Code::kLengthBeyondEnd, 2},
      {"01 016b 80ffffffff 0161", Code::kLengthBeyondEnd, 10},
      {"06 016b 00", Code::kPreReleaseRecord, 0},
      {"64", Code::kUnsupportedRecord, 0},
      {"07 016b 05 07", Code::kBadModule, 5},
      {"fc 0000", Code::kLengthBeyondEnd, 1},
  };
  for (const Failure& failure : failures) {
    // A sound record before it is framed first.
    const std::string records = from_hex("00 0161 0162") + from_hex(failure.record);
    const Framing first = frame_records(file, records, kRecordsOffset, true, 1000);
    EXPECT_EQ(first.length, 5u) << failure.record;
    const Framing framing = frame_records(file, Bytes(records).substr(first.length),
                                          kRecordsOffset + first.length, true, 1000);
    EXPECT_EQ(framing.length, 0u) << failure.record;
    EXPECT_FALSE(framing.need_more) << failure.record;
    EXPECT_EQ(kind_of(framing.code).slug, kind_of(failure.code).slug) << failure.record;
    EXPECT_EQ(framing.failure_offset, kRecordsOffset + 5 + failure.offset) << failure.record;
  }
}

TEST(FramerTest, AttributesWithoutAKeyAreNoRecord) {
  const FileContext file = context_of("REDIS0011");
  const std::string records = from_hex("fc 0000000000000000");
  EXPECT_EQ(frame_records(file, records, 0, true, 1).length, 0u);
  EXPECT_TRUE(frame_records(file, records, 0, false, 1).need_more);
}

}  // namespace
}  // namespace rdbproof
