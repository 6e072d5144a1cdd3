// What servers load although it contradicts itself, and forms that no server writes.
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

#include "engine/encoding/listpack_writer.h"
#include "engine/encoding/ziplist_writer.h"
#include "tests/unit/base/hex.h"
#include "tests/unit/rdb/recording_sink.h"

namespace rdbproof {
namespace {

using test::first_finding;
using test::from_hex;
using test::rdb_string;
using Texts = std::vector<std::string>;

constexpr Bytes kRedis12 = "REDIS0012";

template <class Writer>
std::string packed(const Texts& texts) {
  Writer writer;
  for (const std::string& text : texts) writer.append(text);
  return rdb_string(writer.finish());
}

// The slug of the first finding, "none" if there is none.
std::string slug(uint8_t type, const std::string& value) {
  return std::string(kind_of(first_finding(kRedis12, type, value).code).slug);
}

std::string order(const Texts& members_and_scores) {
  const std::string ziplist = slug(12, packed<ZiplistWriter>(members_and_scores));
  EXPECT_EQ(slug(17, packed<ListpackWriter>(members_and_scores)), ziplist);
  return ziplist;
}

TEST(PackedZsetTest, MembersAscendByScoreThenBytewise) {
  EXPECT_EQ(order({"b", "1", "a", "2"}), "none");
  EXPECT_EQ(order({"a", "-inf", "b", "-1e300", "c", "0", "d", "1.5", "e", "2", "f", "inf"}),
            "none");
  EXPECT_EQ(order({"a", "1", "ab", "1", "b", "1"}), "none");
  EXPECT_EQ(order({"a", "1", "\xff", "1"}), "none") << "bytes have no sign";
  EXPECT_EQ(order({"10", "1", "9", "1", "a", "1"}), "none") << "integers compare as text";
  EXPECT_EQ(order({"-5", "1", "10", "1", "5", "1"}), "none");
  EXPECT_EQ(order({"a", "0", "b", "-0", "c", "0"}), "none") << "both zeros are one score";
  EXPECT_EQ(order({"a", "9007199254740993", "b", "9007199254740992"}), "none") << "the same double";

  EXPECT_EQ(order({"a", "2", "b", "1"}), "bad-order");
  EXPECT_EQ(order({"a", "1.5", "b", "1.25"}), "bad-order");
  EXPECT_EQ(order({"a", "0", "b", "-inf"}), "bad-order");
  EXPECT_EQ(order({"ab", "1", "a", "1"}), "bad-order");
  EXPECT_EQ(order({"\xff", "1", "a", "1"}), "bad-order");
  EXPECT_EQ(order({"9", "1", "10", "1"}), "bad-order");
  EXPECT_EQ(order({"a", "1", "9", "1"}), "bad-order");
  EXPECT_EQ(order({"a", "0", "9", "-0"}), "bad-order");
}

TEST(PackedZsetTest, AMemberTwiceInARowIsNoMatterOfOrder) {
  EXPECT_EQ(order({"a", "1", "a", "1"}), "none") << "those who compare all members find it";
}

TEST(HyperLogLogStringTest, IsAReservationWhereItIsNone) {
  const std::string head = "HYLL" + std::string(1, '\1') + std::string(11, '\0');
  EXPECT_EQ(slug(0, rdb_string(head + from_hex("7fff"))), "none");
  EXPECT_EQ(slug(0, rdb_string(head + from_hex("7ffe"))), "bad-hyperloglog");
  EXPECT_EQ(slug(0, rdb_string("HYLL")), "bad-hyperloglog");
  EXPECT_EQ(slug(0, rdb_string("HYL")), "none");
  EXPECT_EQ(slug(0, rdb_string("hyll and more")), "none");
  EXPECT_EQ(slug(1, "\x01" + rdb_string("HYLL")), "none") << "an item of a list is only text";
}

TEST(FieldExpiryHintTest, OfATableIsExact) {
  EXPECT_EQ(slug(24, from_hex("e803000000000000 02 01 0161 0178 05 0162 0178")), "none");
  EXPECT_EQ(slug(24, from_hex("e803000000000000 02 02 0161 0178 05 0162 0178")),
            "field-expiry-hint");
  EXPECT_EQ(slug(24, from_hex("e803000000000000 01 00 0161 0178")), "field-expiry-hint")
      << "none expires";
  EXPECT_EQ(slug(24, from_hex("0000000000000100 01 00 0161 0178")), "field-expiry-hint") << "2^48";
  EXPECT_EQ(slug(24, from_hex("0100000000000100 01 00 0161 0178")), "bad-expiry") << "2^48 + 1";
}

// Servers correct it late.
TEST(FieldExpiryHintTest, OfAListpackMayBeTooEarlyOrALittleTooLate) {
  const auto hint = [](const std::string& noted, const char* expiry) {
    return slug(25, from_hex(noted) + packed<ListpackWriter>({"a", "x", expiry}));
  };
  EXPECT_EQ(hint("e803000000000000", "1000"), "none");
  EXPECT_EQ(hint("0000000000000000", "1000"), "none");
  EXPECT_EQ(hint("8813000000000000", "1000"), "none") << "4 seconds";
  EXPECT_EQ(hint("8913000000000000", "1000"), "field-expiry-hint");
  EXPECT_EQ(hint("e803000000000000", "0"), "none") << "of a field that is gone";
  EXPECT_EQ(hint("ffffffffffff0000", "0"), "none");
  EXPECT_EQ(hint("0000000000000100", "0"), "field-expiry-hint");
}

TEST(CanonicalFormTest, LengthsTakeNoMoreBytesThanTheyNeed) {
  const auto text = [](const std::string& length, size_t bytes) {
    return slug(0, from_hex(length) + std::string(bytes, 'x'));
  };
  EXPECT_EQ(text("3f", 63), "none");
  EXPECT_EQ(text("403f", 63), "not-canonical");
  EXPECT_EQ(text("4040", 64), "none");
  EXPECT_EQ(text("7fff", 16383), "none");
  EXPECT_EQ(text("8000003fff", 16383), "not-canonical");
  EXPECT_EQ(text("8000004000", 16384), "none");
  EXPECT_EQ(text("810000000000004000", 16384), "not-canonical");
  EXPECT_EQ(slug(24, from_hex("0100000000000000 02 01 0161 0178 80ffffffff 0162 0178")), "none");
  EXPECT_EQ(slug(24, from_hex("0100000000000000 02 01 0161 0178 8100000000ffffffff 0162 0178")),
            "not-canonical");
  EXPECT_EQ(slug(24, from_hex("0100000000000000 02 01 0161 0178 810000000100000000 0162 0178")),
            "none");
  EXPECT_EQ(slug(2, from_hex("4001 0161")), "not-canonical") << "a count";
}

TEST(CanonicalFormTest, IntegersAreStoredAsSuch) {
  for (const char* hex : {"c07f", "c080", "c18000", "c17fff", "c200800000", "c2ff7fffff"}) {
    EXPECT_EQ(slug(0, from_hex(hex)), "none") << hex;
  }
  for (const char* hex : {"c17f00", "c180ff", "c2ff7f0000", "c20080ffff"}) {
    EXPECT_EQ(slug(0, from_hex(hex)), "not-canonical") << hex;
  }
  for (const char* text : {"0", "-1", "2147483647", "-2147483648"}) {
    EXPECT_EQ(slug(0, rdb_string(text)), "not-canonical") << text;
  }
  for (const char* text :
       {"", "-0", "01", "+1", "2147483648", "-2147483649", "99999999999", "1x"}) {
    EXPECT_EQ(slug(0, rdb_string(text)), "none") << text;
  }
}

std::string lzf(size_t plain_bytes, const std::string& stream) {
  return "\xc3" + std::string(1, static_cast<char>(stream.size())) +
         std::string(1, static_cast<char>(plain_bytes)) + stream;
}

TEST(CanonicalFormTest, StringsAreCompressedWhereItPays) {
  EXPECT_EQ(slug(0, lzf(22, from_hex("00 61 e00c 00"))), "none");
  EXPECT_EQ(slug(0, lzf(20, from_hex("00 61 e00a 00"))), "not-canonical") << "too short";
  EXPECT_EQ(slug(0, lzf(24, "\x17" + std::string(24, 'a'))), "not-canonical") << "longer packed";
}

TEST(LzfStringTest, WhatCannotBeThatLongIsNotAllocated) {
  const auto announced = [](const std::string& length) {
    return first_finding(kRedis12, 0, from_hex("c3 05" + length + "00 61 e0ff 00"));
  };
  EXPECT_EQ(announced("41b9").code, Code::kBadLzf) << "441 bytes";
  EXPECT_TRUE(announced("41b8").detail.empty()) << "440: 88 times as many, the last to be tried";
  EXPECT_FALSE(announced("41b9").detail.empty());
  EXPECT_EQ(announced("4109").code, Code::kNone) << "265 it is";
}

TEST(CanonicalFormTest, IsSaidOnceAValueAndWhatIsOddInsideABlobToo) {
  const test::RecordingSink sink =
      test::decode(kRedis12, from_hex("02 016b 4002 400161 400162"  // set, three long lengths
                                      "00 016c 0178"                // nothing
                                      "14 016d 0a 0a000000 0100 c001 02 ff"));
  ASSERT_EQ(sink.findings.size(), 2u);
  EXPECT_EQ(sink.findings[0].key, "k");
  EXPECT_EQ(sink.findings[0].path, "");
  EXPECT_EQ(sink.findings[1].key, "m");
  EXPECT_EQ(sink.findings[1].code, Code::kNotCanonical);
}

TEST(CanonicalFormTest, OtherRecordsCountToo) {
  const test::RecordingSink sink = test::decode(kRedis12, from_hex("fe 4001 00 016b 0178"));
  ASSERT_EQ(sink.findings.size(), 1u);
  EXPECT_EQ(sink.findings[0].code, Code::kNotCanonical);
  EXPECT_FALSE(sink.findings[0].has_key);
}

TEST(QuicklistTest, EmptyNodesAreSkippedAndEmptyTextsAreNot) {
  const std::string empty_listpack = rdb_string(from_hex("07000000 0000 ff"));
  const std::string empty_ziplist = rdb_string(from_hex("0b000000 0a000000 0000 ff"));
  EXPECT_EQ(
      slug(18, from_hex("02 02") + empty_listpack + from_hex("02") + packed<ListpackWriter>({"a"})),
      "none");
  EXPECT_EQ(slug(18, from_hex("01 02") + empty_listpack), "empty-container");
  EXPECT_EQ(slug(14, from_hex("02") + empty_ziplist + packed<ZiplistWriter>({"a"})), "none");
  EXPECT_EQ(slug(14, from_hex("01") + empty_ziplist), "empty-container");
  EXPECT_EQ(slug(14, from_hex("00")), "empty-container");
  EXPECT_EQ(slug(18, from_hex("01 01 00")), "bad-quicklist");
  EXPECT_EQ(slug(18, from_hex("01 02 00")), "bad-listpack");
}

std::string path(uint8_t type, const std::string& value) {
  const Finding finding = first_finding(kRedis12, type, value);
  EXPECT_NE(finding.code, Code::kNone);
  return finding.path;
}

TEST(PathTest, NamesTheElement) {
  EXPECT_EQ(path(5, from_hex("02 0161 000000000000f03f 0162 000000000000f87f")), "member 1");
  EXPECT_EQ(path(3, from_hex("02 0161 0131 0162 0178")), "member 1");
  EXPECT_EQ(path(17, packed<ListpackWriter>({"a", "1", "b", "x"})), "member 1");
  EXPECT_EQ(path(12, packed<ZiplistWriter>({"b", "1", "a", "1"})), "member 1");
  EXPECT_EQ(path(16, packed<ListpackWriter>({"a", "1", "b"})), "field 1");
  EXPECT_EQ(path(9, rdb_string(from_hex("02 0161 0100 31 fe05000000 ff"))), "field 1");
  EXPECT_EQ(path(11, rdb_string(from_hex("02000000 03000000 0100 0300 0200"))), "member 2");
  EXPECT_EQ(path(24, from_hex("0100000000000000 02 01 0161 0178 81ffffffffffffffff 0162 0178")),
            "field 1");
  EXPECT_EQ(path(25, from_hex("0100000000000000") +
                         packed<ListpackWriter>({"a", "1", "5", "b", "1", "4"})),
            "field 1");
  EXPECT_EQ(path(22, from_hex("02 00 0161 0178 81ffffffffffffffff 0162 0178")), "field 1");
  EXPECT_EQ(path(2, from_hex("02 0161 c3 03 20 006161")), "member 1");
  EXPECT_EQ(path(4, from_hex("02 0161 0162 0163 c3 03 20 006161")), "field 1");
  EXPECT_EQ(path(0, from_hex("c3 03 20 006161")), "") << "a string is one";
}

TEST(PathTest, NamesTheNodeAndTheItem) {
  const std::string first = packed<ListpackWriter>({"a", "b"});
  const std::string bad_entry = rdb_string(from_hex("0b000000 0200 01 01 01 05 ff"));
  const std::string bad_count = rdb_string(from_hex("0b000000 0900 01 01 01 01 ff"));
  EXPECT_EQ(path(18, from_hex("02 02") + first + from_hex("02") + bad_entry), "node 1, item 3");
  EXPECT_EQ(path(18, from_hex("02 02") + first + from_hex("02") + bad_count), "node 1");
  EXPECT_EQ(path(18, from_hex("02 02") + first + from_hex("01 c3 03 20 006161")), "node 1");
  EXPECT_EQ(path(14, from_hex("02") + packed<ZiplistWriter>({"a"}) + from_hex("00")), "node 1");
}

TEST(PathTest, OfWhatIsWrongWithABlobAsAWholeIsEmpty) {
  EXPECT_EQ(path(20, rdb_string(from_hex("0b000000 0900 01 01 01 01 ff"))), "");
  EXPECT_EQ(path(20, rdb_string(from_hex("0c000000 0200 01 01 01 01 ff"))), "");
  EXPECT_EQ(path(20, from_hex("c3 03 20 006161")), "");
  EXPECT_EQ(path(11, rdb_string(from_hex("02000000 03000000 0100"))), "");
  EXPECT_EQ(path(9, rdb_string(from_hex("09 0161 0100 31 ff"))), "");
}

}  // namespace
}  // namespace rdbproof
