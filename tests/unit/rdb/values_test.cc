// Values from small hand-made records: plain and packed ones.
#include <gtest/gtest.h>

#include <bit>
#include <string>
#include <vector>

#include "engine/encoding/listpack_writer.h"
#include "engine/encoding/ziplist_writer.h"
#include "engine/rdb/writer.h"
#include "tests/unit/base/hex.h"
#include "tests/unit/rdb/recording_sink.h"

namespace rdbproof {
namespace {

using test::decode_value;
using test::from_hex;
using test::rdb_string;
using Lines = std::vector<std::string>;
using Texts = std::initializer_list<Bytes>;

constexpr Bytes kRedis12 = "REDIS0012";
constexpr Bytes kValkey80 = "VALKEY080";

std::string listpack(Texts texts) {
  ListpackWriter writer;
  for (const Bytes text : texts) writer.append(text);
  return rdb_string(writer.finish());
}

std::string ziplist(Texts texts) {
  ZiplistWriter writer;
  for (const Bytes text : texts) writer.append(text);
  return rdb_string(writer.finish());
}

Lines decode(uint8_t type, const std::string& value, Bytes beginning = kRedis12) {
  return decode_value(beginning, type, value);
}

std::string slug(uint8_t type, const std::string& value, Bytes beginning = kRedis12) {
  const Lines lines = decode_value(beginning, type, value);
  if (lines.size() < 2 || lines.back() != "drop 'k'") return "read";
  return lines[lines.size() - 2];
}

TEST(StringValueTest, HasTheEncodingThatServersChoose) {
  EXPECT_EQ(decode(0, from_hex("c07b")), (Lines{"item '123'", "int 1 elements 3 bytes"}));
  EXPECT_EQ(decode(0, rdb_string("9223372036854775807"))[1], "int 1 elements 19 bytes");
  EXPECT_EQ(decode(0, rdb_string("9223372036854775808"))[1], "embstr 1 elements 19 bytes");
  EXPECT_EQ(decode(0, rdb_string("-0"))[1], "embstr 1 elements 2 bytes");
  EXPECT_EQ(decode(0, rdb_string(std::string(44, 'x')))[1], "embstr 1 elements 44 bytes");
  EXPECT_EQ(decode(0, rdb_string(std::string(45, 'x')))[1], "raw 1 elements 45 bytes");
  EXPECT_EQ(decode(0, from_hex("00"))[1], "embstr 1 elements 0 bytes");
}

TEST(ListValueTest, ReadsEveryForm) {
  const Lines items{"item 'a'", "item '5'", "item 'b'"};
  const auto with = [&](const std::string& end) {
    Lines lines = items;
    lines.push_back(end);
    return lines;
  };
  EXPECT_EQ(decode(1, from_hex("03 0161 c005 0162")), with("linkedlist 3 elements 3 bytes"));
  EXPECT_EQ(decode(10, ziplist({"a", "5", "b"})), with("ziplist 3 elements 3 bytes"));
  EXPECT_EQ(decode(14, "\x02" + ziplist({"a"}) + ziplist({"5", "b"})),
            with("quicklist 3 elements 3 bytes"));
  EXPECT_EQ(decode(18, from_hex("0202") + listpack({"a", "5"}) + from_hex("01") + rdb_string("b")),
            with("quicklist 3 elements 3 bytes"));
  EXPECT_EQ(decode(18, from_hex("0102") + listpack({"a", "5", "b"})),
            with("listpack 3 elements 3 bytes"));
  EXPECT_EQ(decode(18, from_hex("0102") + listpack({"a", "5", "b"}), "REDIS0010"),
            with("quicklist 3 elements 3 bytes"));
  EXPECT_EQ(slug(18, from_hex("0103") + listpack({"a"})), "bad-quicklist");
  EXPECT_EQ(slug(18, from_hex("0100") + listpack({"a"})), "bad-quicklist");
  EXPECT_EQ(slug(14, from_hex("01 00")), "bad-ziplist");
}

TEST(SetValueTest, ReadsEveryForm) {
  EXPECT_EQ(decode(2, from_hex("02 0161 c005")),
            (Lines{"member 'a'", "member '5'", "hashtable 2 elements 2 bytes"}));
  EXPECT_EQ(decode(11, from_hex("0c 02000000 02000000 ffff 0500")),
            (Lines{"member '-1'", "member '5'", "intset 2 elements 3 bytes"}));
  EXPECT_EQ(decode(20, listpack({"a", "5"})),
            (Lines{"member 'a'", "member '5'", "listpack 2 elements 2 bytes"}));
  EXPECT_EQ(slug(11, from_hex("0c 02000000 02000000 0500 0100")), "bad-intset");
}

TEST(ZsetValueTest, ReadsEveryForm) {
  const auto with = [](const std::string& end) {
    return Lines{"scored 'a' 1.5", "scored 'b' -2", "scored 'c' inf", end};
  };
  EXPECT_EQ(decode(3, from_hex("03 0161 03312e35 0162 022d32 0163 fe")),
            with("skiplist 3 elements 3 bytes"));
  EXPECT_EQ(decode(5, from_hex("03 0161 000000000000f83f 0162 00000000000000c0"
                               "0163 000000000000f07f")),
            with("skiplist 3 elements 3 bytes"));
  const auto ascending = [](const std::string& end) {
    return Lines{"scored 'b' -2", "scored 'a' 1.5", "scored 'c' inf", end};
  };
  EXPECT_EQ(decode(12, ziplist({"b", "-2", "a", "1.5", "c", "inf"})),
            ascending("ziplist 3 elements 3 bytes"));
  EXPECT_EQ(decode(17, listpack({"b", "-2", "a", "1.5", "c", "inf"})),
            ascending("listpack 3 elements 3 bytes"));
}

TEST(ZsetValueTest, RefusesScoresThatAreNoNumbers) {
  EXPECT_EQ(slug(3, from_hex("01 0161 fd")), "bad-score");
  EXPECT_EQ(slug(3, from_hex("01 0161 0178")), "bad-score");
  EXPECT_EQ(slug(5, from_hex("01 0161 000000000000f87f")), "bad-score");
  for (const char* score : {"nan", "1x", "1e999", "", "abc", "+-1"}) {
    EXPECT_EQ(slug(12, ziplist({"a", score})), "bad-score") << score;
    EXPECT_EQ(slug(17, listpack({"a", score})), "bad-score") << score;
  }
  EXPECT_EQ(slug(12, ziplist({"a", "1", "b"})), "tuple-incomplete");
  EXPECT_EQ(slug(17, listpack({"a", "1", "b"})), "tuple-incomplete");
}

TEST(HashValueTest, ReadsEveryForm) {
  const auto with = [](const std::string& end) {
    return Lines{"field 'a' '1'", "field 'b' 'x'", end};
  };
  EXPECT_EQ(decode(4, from_hex("02 0161 c001 0162 0178")), with("hashtable 2 elements 4 bytes"));
  EXPECT_EQ(decode(9, rdb_string(from_hex("02 0161 0100 31 0162 0100 78 ff"))),
            with("zipmap 2 elements 4 bytes"));
  EXPECT_EQ(decode(13, ziplist({"a", "1", "b", "x"})), with("ziplist 2 elements 4 bytes"));
  EXPECT_EQ(decode(16, listpack({"a", "1", "b", "x"})), with("listpack 2 elements 4 bytes"));
  EXPECT_EQ(slug(13, ziplist({"a", "1", "b"})), "tuple-incomplete");
  EXPECT_EQ(slug(16, listpack({"a"})), "tuple-incomplete");
  EXPECT_EQ(slug(9, rdb_string(from_hex("01 0161 ff"))), "tuple-incomplete");
}

TEST(HashValueTest, ReadsEveryFormOfFieldExpiry) {
  const auto with = [](const std::string& end) {
    return Lines{"field 'a' '1' expires 1000", "field 'b' 'x'", end};
  };
  // 24: the earliest expiry, then for each field one more than the distance to it, or 0
  EXPECT_EQ(decode(24, from_hex("e803000000000000 02 01 0161 c001 00 0162 0178")),
            with("hashtable 2 elements 4 bytes 1 expiring"));
  EXPECT_EQ(decode(25, from_hex("e803000000000000") + listpack({"a", "1", "1000", "b", "x", "0"})),
            with("listpackex 2 elements 4 bytes 1 expiring"));
  EXPECT_EQ(decode(22, from_hex("02 43e8 0161 c001 00 0162 0178")),
            with("hashtable 2 elements 4 bytes 1 expiring"));
  EXPECT_EQ(decode(23, listpack({"a", "1", "1000", "b", "x", "0"})),
            with("listpackex 2 elements 4 bytes 1 expiring"));
  EXPECT_EQ(
      decode(22, from_hex("02 0161 c001 e803000000000000 0162 0178 ffffffffffffffff"), kValkey80),
      with("hashtable 2 elements 4 bytes 1 expiring"));
}

TEST(HashValueTest, RefusesFieldExpiriesOutOfRange) {
  EXPECT_EQ(slug(24, from_hex("ffffffffffff0000 01 01 0161 0162")), "read") << "2^48 - 1";
  EXPECT_EQ(slug(24, from_hex("ffffffffffff0000 01 02 0161 0162")), "bad-expiry");
  EXPECT_EQ(slug(24, from_hex("0000000000000100 01 01 0161 0162")), "bad-expiry");
  EXPECT_EQ(slug(24, from_hex("0500000000000000 01 81ffffffffffffffff 0161 0162")), "bad-expiry")
      << "the sum wraps";
  const std::string earliest(8, '\0');
  EXPECT_EQ(slug(25, earliest + listpack({"a", "1", "281474976710655"})), "read");
  EXPECT_EQ(slug(25, earliest + listpack({"a", "1", "281474976710656"})), "bad-expiry");
  EXPECT_EQ(slug(25, earliest + listpack({"a", "1", "-1"})), "bad-expiry");
  EXPECT_EQ(slug(25, earliest + listpack({"a", "1", "soon"})), "bad-expiry");
  EXPECT_EQ(slug(25, earliest + listpack({"a", "1", "0", "b"})), "tuple-incomplete");
  EXPECT_EQ(slug(25, earliest + listpack({"a", "1", "0", "b", "2"})), "tuple-incomplete");
  EXPECT_EQ(slug(22, from_hex("01 0161 0162 feffffffffffffff"), kValkey80), "bad-expiry");
}

TEST(PackedValueTest, ReadsBlobsThatAreCompressed) {
  // 24 times "a", so that the ziplist of it compresses: built by hand as literals.
  ListpackWriter writer;
  writer.append("abc");
  const std::string blob(writer.finish());
  const std::string lzf = std::string(1, static_cast<char>(blob.size() - 1)) + blob;
  const std::string value = "\xc3" + std::string(1, static_cast<char>(lzf.size())) +
                            std::string(1, static_cast<char>(blob.size())) + lzf;
  EXPECT_EQ(decode(20, value),
            (Lines{"member 'abc'", "not-canonical", "listpack 1 elements 3 bytes"}));
}

TEST(ContainerTest, ElementsBeyondABatchAllArrive) {
  for (const uint64_t count : {127u, 128u, 129u, 1000u}) {
    std::string value;
    RdbWriter(value).length(count);
    for (uint64_t i = 0; i < count; ++i) value += from_hex("c1") + std::string("ab");
    const Lines lines = decode(1, value);
    ASSERT_EQ(lines.size(), count + 1);
    EXPECT_EQ(lines.back(), "linkedlist " + std::to_string(count) + " elements " +
                                std::to_string(5 * count) + " bytes");
  }
}

TEST(ContainerTest, ACountBeyondTheBytesIsDamage) {
  for (const auto type : std::initializer_list<uint8_t>{1, 2, 3, 4, 5}) {
    const Lines lines = decode(type, from_hex("81 ffffffffffffffff 0161"));
    EXPECT_EQ(lines.at(lines.size() - 1), "length-beyond-end") << int{type};
  }
}

}  // namespace
}  // namespace rdbproof
