// Streams from hand-made nodes.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/encoding/listpack_writer.h"
#include "tests/unit/base/hex.h"
#include "tests/unit/rdb/recording_sink.h"

namespace rdbproof {
namespace {

using test::decode_value;
using test::from_hex;
using test::rdb_string;
using Lines = std::vector<std::string>;
using Texts = std::vector<Bytes>;

constexpr Bytes kBeginning = "REDIS0014";

// Two live entries 5-1 {f: a} and 6-0 {g: b, h: c}, and a deleted one between them.
const Texts kNode{"2", "1", "1", "f", "0",  // counts and the master's fields
                  "2", "0", "1", "a", "4",  // the master's fields
                  "3", "0", "2", "x", "4",  // the same, deleted
                  "0", "1", "0", "2", "g", "b", "h", "c", "8"};

std::string id(uint64_t ms, uint64_t sequence) {
  std::string raw(16, '\0');
  for (int i = 0; i < 8; ++i) {
    raw[static_cast<size_t>(7 - i)] = static_cast<char>(ms >> (8 * i));
    raw[static_cast<size_t>(15 - i)] = static_cast<char>(sequence >> (8 * i));
  }
  return raw;
}

std::string nodes(const Texts& node) {
  ListpackWriter writer;
  for (const Bytes text : node) writer.append(text);
  return "\x01" + rdb_string(id(5, 0)) + rdb_string(writer.finish());
}

// The lines of a sound stream of two entries, but the last, which sums it up.
Lines decode(uint8_t type, const std::string& value) {
  Lines lines = decode_value(kBeginning, type, value);
  EXPECT_TRUE(!lines.empty() && lines.back().starts_with("stream 2 elements"));
  if (!lines.empty()) lines.pop_back();
  return lines;
}

const Lines kEntries{"entry 5-1", "entry-field 'f' 'a'", "entry 6-0", "entry-field 'g' 'b'",
                     "entry-field 'h' 'c'"};

Lines with(Lines lines, const Lines& more) {
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

constexpr std::string_view kLength2 = "02";
constexpr std::string_view kLastId = "06 00";

TEST(StreamTest, ReadsNodesAndLeavesOutWhatIsDeleted) {
  const std::string value = nodes(kNode) + from_hex(kLength2) + from_hex(kLastId) + from_hex("00");
  EXPECT_EQ(decode_value(kBeginning, 15, value),
            with(kEntries, {"last-id 6-0", "stream 2 elements 6 bytes"}));
}

TEST(StreamTest, AnEmptyOneIsAKey) {
  EXPECT_EQ(decode_value(kBeginning, 15, from_hex("00 00 05 01 00")),
            (Lines{"last-id 5-1", "stream 0 elements 0 bytes"}));
}

TEST(StreamTest, AStatedLengthThatIsNoneIsAReservation) {
  const std::string value = nodes(kNode) + from_hex("05") + from_hex(kLastId) + from_hex("00");
  EXPECT_EQ(decode_value(kBeginning, 15, value),
            with(kEntries, {"last-id 6-0", "stream-length", "stream 5 elements 6 bytes"}));
}

// A group "g" at 6-0 with 5-1 pending for "c", delivered three times.
struct Form {
  uint8_t type;
  std::string tail;         // between the last id and the groups
  std::string group_extra;  // after the group's id
  std::string clocks;       // of the consumer
  std::string handed_back;
  std::string end;
};

std::vector<Form> forms() {
  const std::string clock(8, '\x01');
  const std::string tail = from_hex("05 01 00 00 03");
  const std::string producers = from_hex("3c 4064 01 0170 01 0169 05 01 01 00");
  return {{15, "", "", clock, "", ""},
          {19, tail, from_hex("02"), clock, "", ""},
          {21, tail, from_hex("02"), clock + clock, "", ""},
          {26, tail, from_hex("02"), clock + clock, "", producers},
          {27, tail, from_hex("02"), clock + clock, from_hex("00"), producers}};
}

std::string stream(const Form& form, const std::string& pending, const std::string& claimed,
                   const std::string& handed_back = {}) {
  return nodes(kNode) + from_hex(kLength2) + from_hex(kLastId) + form.tail +
         from_hex("01 0167 06 00") + form.group_extra + pending + from_hex("01 0163") +
         form.clocks + claimed + (handed_back.empty() ? form.handed_back : handed_back) + form.end;
}

std::string pending_entry(uint64_t ms, uint64_t sequence, char deliveries) {
  return id(ms, sequence) + std::string(8, '\x02') + deliveries;
}

TEST(StreamTest, ReadsGroupsInEveryVersion) {
  for (const Form& form : forms()) {
    const std::string value = stream(form, "\x01" + pending_entry(5, 1, '\x03'), "\x01" + id(5, 1));
    EXPECT_EQ(decode(form.type, value), with(kEntries, {"last-id 6-0", "group 'g' 6-0",
                                                        "consumer 'c'", "pending 5-1 'c' times 3"}))
        << int{form.type};
  }
}

TEST(StreamTest, ReadsEntriesThatWereHandedBack) {
  const Form form = forms().back();
  const std::string pending = "\x02" + pending_entry(5, 1, '\x03') + pending_entry(6, 0, '\x01');
  const std::string value = stream(form, pending, "\x01" + id(6, 0), "\x01" + id(5, 1));
  EXPECT_EQ(decode(27, value),
            with(kEntries, {"last-id 6-0", "group 'g' 6-0", "consumer 'c'",
                            "pending 6-0 'c' times 1", "pending 5-1 nobody times 3"}));
}

std::string failure(uint8_t type, const std::string& value) {
  const Lines lines = decode_value(kBeginning, type, value);
  return lines.size() >= 2 && lines.back() == "drop 'k'" ? lines[lines.size() - 2] : "read";
}

TEST(StreamTest, RefusesPendingEntriesThatDoNotFit) {
  for (const Form& form : forms()) {
    const std::string one = "\x01" + pending_entry(5, 1, '\x03');
    EXPECT_EQ(failure(form.type, stream(form, one, std::string(1, '\0'))), "bad-stream")
        << "no owner";
    EXPECT_EQ(failure(form.type, stream(form, one, "\x01" + id(5, 2))), "bad-stream")
        << "the group does not have it";
    EXPECT_EQ(failure(form.type, stream(form, one, "\x02" + id(5, 1) + id(5, 1))), "bad-stream")
        << "two owners";
    const std::string twice = "\x02" + pending_entry(5, 1, '\x03') + pending_entry(5, 1, '\x03');
    EXPECT_EQ(failure(form.type, stream(form, twice, "\x01" + id(5, 1))), "bad-stream");
  }
}

std::string node_failure(const Texts& node) {
  return failure(15, nodes(node) + from_hex("02 06 00 00"));
}

Texts replaced(size_t index, Bytes text) {
  Texts node = kNode;
  node[index] = text;
  return node;
}

TEST(StreamTest, RefusesNodesThatAreMalformed) {
  ASSERT_EQ(node_failure(kNode), "read");
  EXPECT_EQ(node_failure(replaced(0, "3")), "bad-stream") << "count of entries";
  EXPECT_EQ(node_failure(replaced(1, "0")), "bad-stream") << "count of deleted ones";
  EXPECT_EQ(node_failure(replaced(0, "x")), "bad-stream") << "count is text";
  EXPECT_EQ(node_failure(replaced(0, "-1")), "bad-stream") << "negative count";
  EXPECT_EQ(node_failure(replaced(2, "2")), "bad-stream") << "number of fields";
  EXPECT_EQ(node_failure(replaced(2, "-1")), "bad-stream") << "negative number of fields";
  EXPECT_EQ(node_failure(replaced(4, "1")), "bad-stream") << "no end of the master entry";
  EXPECT_EQ(node_failure(replaced(5, "4")), "bad-stream") << "unknown flags";
  EXPECT_EQ(node_failure(replaced(5, "x")), "bad-stream") << "flags are text";
  EXPECT_EQ(node_failure(replaced(6, "x")), "bad-stream") << "an id is text";
  EXPECT_EQ(node_failure(replaced(9, "5")), "bad-stream") << "size of an entry";
  EXPECT_EQ(node_failure(replaced(18, "9223372036854775807")), "bad-stream") << "fields";
  for (size_t length = 0; length < kNode.size(); ++length) {
    const Texts cut(kNode.begin(), kNode.begin() + static_cast<ptrdiff_t>(length));
    EXPECT_EQ(node_failure(cut), "bad-stream") << length;
  }
  EXPECT_EQ(failure(15, "\x01" + rdb_string("short") + rdb_string("x") + from_hex("00 00 00 00")),
            "bad-stream");
  EXPECT_EQ(failure(15, "\x01" + rdb_string(id(1, 1)) + rdb_string("x") + from_hex("00 00 00 00")),
            "bad-listpack");
}

// A node of `entries` that share one field name of `name_bytes`.
std::string value_of_repeated_name(size_t name_bytes, size_t entries) {
  const std::string name(name_bytes, 'f');
  const std::string count = std::to_string(entries);
  std::vector<std::string> sequences;
  for (size_t i = 0; i < entries; ++i) sequences.push_back(std::to_string(i));
  Texts node{count, "0", "1", name, "0"};
  for (const Bytes sequence : sequences) {
    for (const Bytes text : {Bytes("2"), Bytes("0"), sequence, Bytes(""), Bytes("4")}) {
      node.push_back(text);
    }
  }
  return nodes(node) + "\x80" + std::string(2, '\0') + static_cast<char>(entries >> 8) +
         static_cast<char>(entries & 255) + from_hex("7f ff 7f ff") + from_hex("00");
}

// Else half a megabyte would stand for gigabytes.
TEST(StreamTest, BoundsWhatEntriesRepeat) {
  const Lines usual = decode_value(kBeginning, 15, value_of_repeated_name(1000, 1000));
  EXPECT_TRUE(usual.back().starts_with("stream 1000 elements")) << usual.back();
  const Lines bomb = decode_value(kBeginning, 15, value_of_repeated_name(100'000, 10'000));
  ASSERT_GE(bomb.size(), 2u);
  EXPECT_EQ(bomb[bomb.size() - 2], "limit-exceeded");
  EXPECT_LT(bomb.size(), 10'000u);
}

TEST(StreamTest, BoundsHowOftenAConsumerIsRepeated) {
  const auto value_of = [](size_t name_bytes, uint64_t count) {
    const std::string length = "\x80" + std::string(2, '\0') + static_cast<char>(count >> 8) +
                               static_cast<char>(count & 255);
    std::string group = from_hex("00 00 00 05 01") + "\x01\x01g" + from_hex("05 00") + length;
    for (uint64_t i = 1; i <= count; ++i) group += id(5, i) + std::string(8, '\0') + "\x01";
    group += "\x01" + rdb_string(std::string(name_bytes, 'c')) + std::string(8, '\0') + length;
    for (uint64_t i = 1; i <= count; ++i) group += id(5, i);
    return group.substr(1);
  };
  const Lines usual = decode_value(kBeginning, 15, value_of(3000, 1000));
  EXPECT_TRUE(usual.back().starts_with("stream 0 elements")) << usual.back();
  const Lines bomb = decode_value(kBeginning, 15, value_of(100'000, 10'000));
  ASSERT_GE(bomb.size(), 2u);
  EXPECT_EQ(bomb[bomb.size() - 2], "limit-exceeded");
}

// A node that begins at 5-0 with two live entries, of which the second has this id, and which has
// a deleted one between them.
std::string two_entries(Bytes ms, Bytes sequence, Bytes deleted_sequence = "1") {
  return nodes({"2", "1", "1", "f", "0",      "2", "0", "0", "a", "4", "3", "0", deleted_sequence,
                "x", "4", "2", ms,  sequence, "b", "4"});
}

std::string ordered(const std::string& node, const std::string& last_id = "7f ff 7f ff") {
  return failure(15, node + from_hex("02" + last_id + "00"));
}

TEST(StreamTest, EntriesAscend) {
  const std::string last = " 81ffffffffffffffff 81ffffffffffffffff ";
  EXPECT_EQ(ordered(two_entries("0", "2"), last), "read");
  EXPECT_EQ(ordered(two_entries("1", "0"), last), "read");
  EXPECT_EQ(ordered(two_entries("0", "0"), last), "bad-stream") << "the same id";
  EXPECT_EQ(ordered(two_entries("0", "-1"), last), "read") << "the highest sequence, 2^64 - 1";
  EXPECT_EQ(ordered(two_entries("-6", "0"), last), "read") << "the highest time, 2^64 - 1";
  EXPECT_EQ(ordered(two_entries("-5", "0"), last), "bad-stream") << "beyond it";
  EXPECT_EQ(ordered(two_entries("-1", "5"), last), "bad-stream")
      << "a time before that of the node";
}

TEST(StreamTest, ADeletedEntryMayHaveALaterIdThanTheNext) {
  const auto slugs = [](const std::string& node) {
    return decode_value(kBeginning, 15, node + from_hex("02 4064 00 00"));
  };
  const Lines sound = slugs(two_entries("0", "8", "7"));
  const Lines odd = slugs(two_entries("0", "6", "7"));
  EXPECT_EQ(std::count(sound.begin(), sound.end(), "stream-metadata"), 0);
  EXPECT_EQ(std::count(odd.begin(), odd.end(), "stream-metadata"), 1);
  EXPECT_EQ(odd.back(), "stream 2 elements 4 bytes") << "servers up to 6.2 could write it";
}

std::string node_at(uint64_t ms, uint64_t sequence) {
  ListpackWriter writer;
  for (const char* text : {"1", "0", "1", "f", "0", "2", "0", "0", "a", "4"}) writer.append(text);
  return rdb_string(id(ms, sequence)) + rdb_string(writer.finish());
}

TEST(StreamTest, NodesAscendAndDoNotOverlap) {
  const std::string first = nodes(kNode).substr(1);  // 5-1 to 6-0
  const std::string tail = from_hex("03 0a 00 00");
  EXPECT_EQ(failure(15, "\x02" + first + node_at(6, 1) + tail), "read");
  EXPECT_EQ(failure(15, "\x02" + first + node_at(6, 0) + tail), "bad-stream");
  EXPECT_EQ(failure(15, "\x02" + first + node_at(5, 5) + tail), "bad-stream");
  EXPECT_EQ(failure(15, "\x02" + first + node_at(4, 0) + tail), "bad-stream");
  EXPECT_EQ(failure(15, "\x01" + node_at(0, 1) + from_hex("01 0a 00 00")), "read");
  EXPECT_EQ(failure(15, "\x01" + node_at(0, 0) + from_hex("01 0a 00 00")), "bad-stream")
      << "no entry has the id 0-0";
}

TEST(StreamTest, TheLastIdIsNotBeforeTheLastEntry) {
  EXPECT_EQ(failure(15, nodes(kNode) + from_hex("02 06 00 00")), "read");
  EXPECT_EQ(failure(15, nodes(kNode) + from_hex("02 05 3f 00")), "bad-stream");
}

// Of a stream of two entries, 5-1 and 6-0, and no groups.
size_t contradictions(const std::string& tail, const std::string& groups = "00") {
  const Lines lines =
      decode_value(kBeginning, 21, nodes(kNode) + from_hex("02 06 00" + tail + groups));
  EXPECT_TRUE(lines.back().starts_with("stream 2 elements")) << lines.back();
  return static_cast<size_t>(std::count(lines.begin(), lines.end(), "stream-metadata"));
}

TEST(StreamTest, WhatItStatesOfItsEntriesIsCompared) {
  EXPECT_EQ(contradictions("05 01  00 00  02"), 0u);
  EXPECT_EQ(contradictions("05 01  06 00  09"), 0u) << "the last one was deleted, and seven more";
  EXPECT_EQ(contradictions("05 00  00 00  02"), 1u) << "first id";
  EXPECT_EQ(contradictions("00 00  00 00  02"), 1u) << "first id";
  EXPECT_EQ(contradictions("05 01  06 01  02"), 1u) << "deleted behind the last id";
  EXPECT_EQ(contradictions("05 01  00 00  01"), 1u) << "entries added";
}

TEST(StreamTest, AnEmptyOneHasNoFirstId) {
  const auto lines = [](const std::string& first) {
    return decode_value(kBeginning, 21, from_hex("00 00 06 00" + first + "00 00 00 00")).size();
  };
  const size_t sound = lines("00 00");
  EXPECT_EQ(lines("81ffffffffffffffff 81ffffffffffffffff"), sound) << "it came from an older file";
  EXPECT_EQ(lines("06 00"), sound + 1);
}

TEST(StreamTest, WhatGroupsStateIsNotCompared) {
  const std::string tail = "05 01 00 00 02";
  const auto group = [&](const std::string& last, const std::string& entries_read) {
    return contradictions(tail, "01 0167" + last + entries_read + "00 00");
  };
  EXPECT_EQ(group("06 00", "02"), 0u);
  EXPECT_EQ(group("06 00", "81ffffffffffffffff"), 0u) << "unknown";
  EXPECT_EQ(group("00 00", "00"), 0u);
  EXPECT_EQ(group("07 00", "02"), 0u) << "XGROUP CREATE takes any id";
  EXPECT_EQ(group("06 00", "03"), 0u) << "XGROUP CREATE ENTRIESREAD takes any number";
}

TEST(StreamTest, PendingEntriesAreNotBehindTheLastId) {
  const auto found = [](uint64_t pending_ms, uint8_t last_delivered) {
    std::string value = nodes(kNode) + from_hex("02 06 00 05 01 00 00 02 01 0167");
    value += static_cast<char>(last_delivered);
    value += from_hex("00 02 01") + pending_entry(pending_ms, 0, '\x01');
    value += from_hex("01 0163") + std::string(16, '\x01') + "\x01" + id(pending_ms, 0);
    const Lines lines = decode_value(kBeginning, 21, value);
    return std::count(lines.begin(), lines.end(), "stream-metadata");
  };
  EXPECT_EQ(found(6, 6), 0);
  EXPECT_EQ(found(6, 0), 0) << "XGROUP SETID goes back";
  EXPECT_EQ(found(9, 9), 0) << "XGROUP SETID goes ahead";
  EXPECT_EQ(found(9, 6), 1);
}

std::string path_of(uint8_t type, const std::string& value) {
  const Finding finding = test::first_finding(kBeginning, type, value);
  EXPECT_NE(finding.code, Code::kNone);
  return finding.path;
}

TEST(StreamTest, PathsNameNodesEntriesGroupsAndConsumers) {
  EXPECT_EQ(path_of(15, nodes(kNode).replace(0, 1, "\x02") + node_at(6, 0)), "node 1");
  ASSERT_EQ(kNode[23], "8") << "the size of the second live entry";
  EXPECT_EQ(path_of(15, nodes(replaced(23, "9")) + from_hex("02 06 00 00")), "node 0, entry 1");
  EXPECT_EQ(path_of(15, nodes(replaced(0, "3")) + from_hex("02 06 00 00")), "node 0");
  EXPECT_EQ(path_of(15, nodes(kNode) + from_hex("02 05 00 00")), "") << "its last id";
  const Form form = forms()[2];
  const std::string two = "\x02" + pending_entry(5, 1, '\1') + pending_entry(6, 0, '\1');
  EXPECT_EQ(path_of(21, stream(form, two, "\x02" + id(5, 1) + id(5, 1))),
            "group 0, consumer 0, pending entry 1");
  EXPECT_EQ(path_of(21, stream(form, two, "\x01" + id(5, 1))), "group 0") << "no owner";
  const std::string falling = "\x02" + pending_entry(6, 0, '\1') + pending_entry(5, 1, '\1');
  EXPECT_EQ(path_of(21, stream(form, falling, "\x01" + id(5, 1))), "group 0, pending entry 1");
}

}  // namespace
}  // namespace rdbproof
