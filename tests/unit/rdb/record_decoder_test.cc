// Records and the events that they become. Values have tests of their own.
#include "engine/rdb/record_decoder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/rdb/writer.h"
#include "tests/unit/base/hex.h"
#include "tests/unit/rdb/recording_sink.h"

namespace rdbproof {
namespace {

using test::decode;
using test::from_hex;
using test::rdb_string;
using test::RecordingSink;
using Lines = std::vector<std::string>;

TEST(RecordDecoderTest, ReadsEveryOpcode) {
  const std::string records = "\xfa" + rdb_string("name") + rdb_string("value") +  //
                              from_hex("f5 022321 f7 0a 00 fe 07 fb 4040 01 f4 01 02 03 ff");
  EXPECT_EQ(decode("REDIS0011", records).lines,
            (Lines{"aux 'name' 'value'", "function '#!'", "bad-function", "opaque-module", "db 7",
                   "resize 64 1"}));
}

TEST(RecordDecoderTest, AttributesBelongToTheNextKeyOnly) {
  const std::string records = from_hex(
      "fc e803000000000000 f8 05 f9 07 00 0161 0162"
      "00 0163 0164"
      "fd 01000000 00 0165 0166"
      "fc ffffffffffffffff 00 0167 0168");
  EXPECT_EQ(decode("REDIS0011", records).lines,
            (Lines{"repeated-attribute", "string 'a' expires 1000 at 100", "item 'b'",
                   "embstr 1 elements 1 bytes", "string 'c' at 118", "item 'd'",
                   "embstr 1 elements 1 bytes", "string 'e' expires 1000 at 123", "item 'f'",
                   "embstr 1 elements 1 bytes", "implausible-expiry",
                   "string 'g' expires -1 at 133", "item 'h'", "embstr 1 elements 1 bytes"}));
}

TEST(RecordDecoderTest, DamageInAValueCostsThatValueOnly) {
  const std::string records = from_hex(
      "fe 03"
      "0d 0162 0161"  // a hash of a ziplist that is no ziplist
      "00 0163 0164"
      "ff");
  const RecordingSink sink = decode("REDIS0009", records);
  EXPECT_EQ(sink.lines, (Lines{"db 3", "hash 'b' at 102", "bad-ziplist", "drop 'b'",
                               "string 'c' at 107", "item 'd'", "embstr 1 elements 1 bytes"}));
  ASSERT_EQ(sink.findings.size(), 1u);
  EXPECT_EQ(sink.findings[0].key, "b");
  EXPECT_EQ(sink.findings[0].database, 3u);
  EXPECT_EQ(sink.findings[0].offset, 106u);
}

TEST(RecordDecoderTest, RefusesRecordsThatItCannotRead) {
  EXPECT_EQ(decode("REDIS0011", from_hex("63")).lines, Lines{"unknown-opcode"});
  EXPECT_EQ(decode("REDIS0011", from_hex("06 016b 00")).lines, Lines{"pre-release-record"});
  EXPECT_EQ(
      decode("REDIS0010", from_hex("f6 0161 0162 00 0163 00 0164 0165")).lines,
      (Lines{"pre-release-record", "string 'd' at 108", "item 'e'", "embstr 1 elements 1 bytes"}))
      << "what stands before it can be passed";
}

TEST(RecordDecoderTest, SaysThatContainersAreEmpty) {
  for (const char* hex :
       {"01 016b 00", "02 016b 00", "04 016b 00", "05 016b 00", "03 016b 00", "12 016b 00"}) {
    const RecordingSink sink = decode("REDIS0010", from_hex(hex));
    EXPECT_EQ(sink.lines.back(), "drop 'k'") << hex;
    ASSERT_EQ(sink.findings.size(), 1u) << hex;
    EXPECT_EQ(sink.findings[0].code, Code::kEmptyContainer) << hex;
  }
  EXPECT_TRUE(decode("REDIS0010", from_hex("00 016b 00")).findings.empty());
}

TEST(RecordDecoderTest, KeysMayHaveEveryFormOfAString) {
  EXPECT_EQ(decode("REDIS0011", from_hex("00 c07b 0176")).lines[0], "string '123' at 100");
  EXPECT_EQ(decode("REDIS0011", from_hex("00 c3 04 04 0061 2000 0176")).lines[0],
            "string 'aaaa' at 100");
  EXPECT_EQ(decode("REDIS0011", from_hex("00 00 0176")).lines[0], "string '' at 100");
}

TEST(RecordDecoderTest, MarksKeyDbsExpiringMembers) {
  const auto aux = [](Bytes name, Bytes value) {
    return "\xfa" + rdb_string(name) + rdb_string(value);
  };
  const std::string beginning = "REDIS0009" + aux("mvcc-tstamp", "1");
  const std::string set = from_hex("02 016b 02 0161 0162");
  const std::string sound = aux("mvcc-tstamp", "7") + set + aux("keydb-subexpire-key", "a") +
                            aux("keydb-subexpire-when", "5");
  EXPECT_EQ(decode(beginning, sound + from_hex("00 0163 0164")).lines,
            (Lines{"aux 'mvcc-tstamp' '7'", "set 'k' at 115", "member 'a'", "member 'b'",
                   "member-expiry 'a' expires 5", "hashtable 2 elements 2 bytes 1 expiring",
                   "string 'c' at 170", "item 'd'", "embstr 1 elements 1 bytes"}));
  const std::string no_number =
      set + aux("keydb-subexpire-key", "a") + aux("keydb-subexpire-when", "x");
  EXPECT_EQ(decode(beginning, no_number).findings[0].code, Code::kBadKeyMetadata);
  const std::string lonely = set + aux("keydb-subexpire-key", "a") + from_hex("ff");
  EXPECT_EQ(decode(beginning, lonely).findings[0].code, Code::kBadKeyMetadata);
}

// What follows in the same frame is read: a report does not depend on where frames are cut.
TEST(RecordDecoderTest, DamageOfARecordCostsThatRecordOnly) {
  const Lines next{"item 'd'", "embstr 1 elements 1 bytes"};
  const auto read_behind = [&](Bytes beginning, const std::string& damaged, Code code) {
    const RecordingSink sink = decode(beginning, damaged + from_hex("00 0163 0164"));
    ASSERT_EQ(sink.findings.size(), 1u);
    EXPECT_EQ(sink.findings[0].code, code);
    ASSERT_GE(sink.lines.size(), 3u);
    EXPECT_EQ(Lines(sink.lines.end() - 2, sink.lines.end()), next);
    EXPECT_TRUE(sink.lines[sink.lines.size() - 3].starts_with("string 'c' at "));
  };
  read_behind("REDIS0011", from_hex("fe 81ffffffffffffffff"), Code::kBadLength);
  read_behind("REDIS0011", from_hex("00 c3 02 05 e0ff 0176"), Code::kBadLzf);
  read_behind("REDIS0011", from_hex("f5 c3 02 05 e0ff"), Code::kBadLzf);
  read_behind("REDIS0011", from_hex("f8 81ffffffffffffffff"), Code::kBadLength);
  read_behind("REDIS0013", from_hex("f3 08") + std::string(40, '\0'), Code::kBadKeyMetadata);
  read_behind("REDIS0009",
              from_hex("02 016b 01 0161 fa") + rdb_string("keydb-subexpire-key") + from_hex("0161"),
              Code::kBadKeyMetadata);
}

TEST(RecordDecoderTest, PassesKeyMetadata) {
  const RecordingSink sink = decode("REDIS0013", from_hex("f3 01 00000001 02 05 00 00 0161 0162"));
  EXPECT_EQ(sink.lines,
            (Lines{"opaque-module", "string 'a' at 100", "item 'b'", "embstr 1 elements 1 bytes"}));
  EXPECT_EQ(decode("REDIS0013", from_hex("f3 08")).findings[0].code, Code::kBadKeyMetadata);
}

TEST(RecordDecoderTest, NoBeginningOfARecordCrashes) {
  const std::string records = from_hex(
      "fa 016b 0176 fe 00 fb 01 00 fc 0100000000000000 f8 05 f9 07 00 016b c3 04 04 0061 2000"
      "05 016b 01 0161 000000000000f03f 07 016b 0a 02 05 05 0161 00 f7 0a 02 02 00 ff");
  for (size_t length = 0; length <= records.size(); ++length) {
    const RecordingSink sink = decode("REDIS0011", Bytes(records).substr(0, length));
    for (const Finding& finding : sink.findings) {
      EXPECT_LE(finding.offset, test::kRecordsOffset + length);
    }
  }
}

}  // namespace
}  // namespace rdbproof
