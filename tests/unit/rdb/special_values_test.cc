// Modules, vector sets, arrays and KeyDB's scheduled scripts.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/rdb/module_tokens.h"
#include "tests/unit/base/hex.h"
#include "tests/unit/rdb/recording_sink.h"

namespace rdbproof {
namespace {

using test::decode_value;
using test::from_hex;
using Lines = std::vector<std::string>;

// Nine letters of six bits, and ten bits of version.
std::string module_id(std::string_view name, uint64_t version = 1) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  uint64_t id = 0;
  for (const char c : name) id = id << 6 | kAlphabet.find(c);
  id = id << 10 | version;
  std::string out = "\x81";
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(id >> shift);
  return out;
}

Lines decode(uint8_t type, const std::string& value, Bytes beginning = "REDIS0014") {
  return decode_value(beginning, type, value);
}

std::string failure(uint8_t type, const std::string& value) {
  const Lines lines = decode(type, value);
  return lines.size() >= 2 && lines.back() == "drop 'k'" ? lines[lines.size() - 2] : "read";
}

TEST(ModuleTest, NamesAreInTheId) {
  uint64_t id = 0;
  for (const char c : module_id("ReJSON-RL").substr(1)) id = id << 8 | static_cast<uint8_t>(c);
  EXPECT_EQ(module_type_name(id), "ReJSON-RL");
  EXPECT_EQ(module_type_name(0), "AAAAAAAAA");
}

TEST(ModuleTest, TokensAreWalked) {
  const std::string value = module_id("test--mod") + from_hex(
                                                         "01 81ffffffffffffffff 02 07 03 0000803f"
                                                         "04 000000000000f03f 05 0161 05 c07b 00");
  EXPECT_EQ(decode(7, value),
            (Lines{"token 0 '' 18446744073709551615", "token 1 '' 7", "token 2 '' 1065353216",
                   "token 3 '' 4607182418800017408", "token 4 'a' 0", "token 4 '123' 0",
                   "opaque-module", "raw 6 elements 4 bytes"}));
}

TEST(ModuleTest, UnknownTokensAreDamage) {
  // The framer cannot pass such a value either, so the record ends with it.
  const Lines lines = decode(7, module_id("test--mod") + from_hex("06 00"));
  ASSERT_GE(lines.size(), 2u);
  EXPECT_EQ(lines[0], "bad-module");
}

// Numbers of a node: their count, its own, version 1 and level, links, room, links, worst, floats.
std::string node(const std::string& number, const std::string& link) {
  return "02 07  02" + number + "02 8001000000  02 01 02 20 02" + link + "02 00  02 00";
}

const std::string kVectorSet = module_id("vectorset", 0) +
                               from_hex(
                                   "02 02 02 02 02 01 02 02"  // dimension 2, 2 elements, 8-bit,
                                   "05 0161 05 00     05 0211ee" +
                                   node("04", "05") +  // with attributes; a has none
                                   "05 0162 05 027b7d 05 022233" + node("05", "04") +  // b has "{}"
                                   "00");

TEST(VectorSetTest, ElementsAndAttributesAreRead) {
  Lines lines = decode(7, kVectorSet);
  ASSERT_FALSE(lines.empty());
  EXPECT_TRUE(lines.back().starts_with("raw 2 elements")) << lines.back();
  lines.pop_back();
  EXPECT_EQ(lines, (Lines{"dimension 2 quantisation 1", "vector 'a' 11ee", "vector 'b' 2233",
                          "attribute 'b' '{}'"}));
}

TEST(VectorSetTest, WhatIsNoneIsDamage) {
  const std::string id = module_id("vectorset", 0);
  EXPECT_EQ(failure(7, id + from_hex("02 03 02 01 02 01 02 00 05 0161 05 0211ee 02 00 00")),
            "bad-vector-set")
      << "a vector of two bytes where three are due";
  EXPECT_EQ(failure(7, id + from_hex("02 02 02 01 02 03 02 00 00")), "bad-vector-set")
      << "a quantisation that does not exist";
  EXPECT_EQ(failure(7, id + from_hex("02 00 02 01 02 01 02 00 00")), "bad-vector-set")
      << "no dimension";
  EXPECT_EQ(failure(7, id + from_hex("02 02 02 02 02 01 02 00 05 0161 05 0211ee 02 00 00")),
            "bad-vector-set")
      << "an element too few";
  EXPECT_EQ(failure(7, id + from_hex("02 02 02 01 02 01 02 00 05 0161 05 0211ee 02 00 02 01 00")),
            "bad-vector-set")
      << "a token too many";
  EXPECT_EQ(failure(7, id + from_hex("05 0161 00")), "bad-vector-set");
  EXPECT_EQ(failure(7, module_id("vectorset", 1) + kVectorSet.substr(9)), "unsupported-value")
      << "servers refuse a version that is not theirs";
}

// Two vectors of two 8-bit integers, with these numbers of their nodes.
std::string graph(const std::string& first, const std::string& second) {
  return module_id("vectorset", 0) + from_hex("02 02 02 02 02 01 02 00 05 0161 05 0211ee" + first +
                                              "05 0162 05 0211ee" + second + "00");
}

TEST(VectorSetTest, TheGraphFits) {
  const std::string alone = "02 06 02 05 02 8001000000 02 00 02 20 02 00 02 00";
  EXPECT_EQ(failure(7, graph(node("04", "05"), node("05", "04"))), "read");
  EXPECT_EQ(failure(7, graph("02 05 02 04 02 00 02 00 02 20 02 00", alone)), "read")
      << "version 0 knows no worst links";
  EXPECT_EQ(failure(7, graph(node("04", "05"), alone)), "bad-vector-set") << "one direction";
  EXPECT_EQ(failure(7, graph(node("04", "06"), node("05", "04"))), "bad-vector-set") << "no such";
  EXPECT_EQ(failure(7, graph(node("04", "04"), alone)), "bad-vector-set") << "to itself";
  EXPECT_EQ(failure(7, graph(node("00", "05"), node("05", "00"))), "bad-vector-set") << "no number";
  EXPECT_EQ(failure(7, graph("02 06 02 05 02 8001000000 02 00 02 20 02 00 02 00", alone)),
            "bad-vector-set")
      << "a number twice";
}

TEST(VectorSetTest, TheNumbersOfANodeFit) {
  const auto first = [](const std::string& numbers) {
    return failure(7, module_id("vectorset", 0) +
                          from_hex("02 02 02 01 02 01 02 00 05 0161 05 0211ee" + numbers + "00"));
  };
  EXPECT_EQ(first("02 06 02 04 02 8001000000 02 00 02 20 02 00 02 00"), "read");
  EXPECT_EQ(first("02 06 02 04 02 8002000000 02 00 02 20 02 00 02 00"), "bad-vector-set")
      << "version 2";
  EXPECT_EQ(first("02 06 02 04 02 8001000011 02 00 02 20 02 00 02 00"), "bad-vector-set")
      << "level 17";
  EXPECT_EQ(first("02 06 02 04 02 8001000001 02 00 02 20 02 00 02 00"), "bad-vector-set")
      << "level 1 is missing";
  EXPECT_EQ(first("02 06 02 04 02 8001000000 02 00 02 8000004001 02 00 02 00"), "bad-vector-set")
      << "room for 16385 links";
  EXPECT_EQ(first("02 07 02 04 02 8001000000 02 01 02 00 02 05 02 00 02 00"), "bad-vector-set")
      << "more links than room";
  EXPECT_EQ(first("02 07 02 04 02 8001000000 02 01 02 20 02 05 02 01 02 00"), "bad-vector-set")
      << "the worst link is none";
  EXPECT_EQ(first("02 08 02 04 02 8001000000 02 02 02 20 02 05 02 05 02 00 02 00"),
            "bad-vector-set")
      << "a link twice";
  EXPECT_EQ(first("02 07 02 04 02 8001000000 02 00 02 20 02 00 02 00 02 00"), "bad-vector-set")
      << "one number too many";
  EXPECT_EQ(first("02 05 02 04 02 8001000000 02 00 02 20 02 00"), "bad-vector-set")
      << "one too few";
  EXPECT_EQ(first("02 00"), "bad-vector-set");
}

TEST(VectorSetTest, ItsHeadFits) {
  const std::string element = "05 0161 05 0211ee 02 06 02 04 02 8001000000 02 00 02 20 02 00 02 00";
  const auto with = [&](const std::string& head, uint64_t encoding = 0) {
    return failure(7, module_id("vectorset", encoding) + from_hex(head + element + "00"));
  };
  EXPECT_EQ(with("02 02 02 01 02 01 02 00"), "read");
  EXPECT_EQ(with("02 02 02 01 02 01 02 00", 1), "unsupported-value");
  EXPECT_EQ(with("02 02 02 01 02 01 02 01 02 01 05 08 0000000000000000"), "read")
      << "projected from one dimension";
  EXPECT_EQ(with("02 02 02 01 02 01 02 01 02 02 05 08 0000000000000000"), "bad-vector-set");
  EXPECT_EQ(with("02 02 02 01 02 01 02 01 02 01 05 09 000000000000000000"), "bad-vector-set");
  EXPECT_EQ(failure(7, module_id("vectorset", 0) + from_hex("02 02 02 00 02 01 02 00 00")),
            "bad-vector-set")
      << "no elements";
}

TEST(ArrayTest, ReadsEveryKindOfItem) {
  const std::string value = from_hex(
      "04 01 07"                     // four items, the insert index is 7
      "00 00 0161"                   // text
      "05 01 ffffffffffffffff"       // integer
      "06 02 000000000000f03f"       // double
      "81 0000010000000000 03 0162"  // short text
  );
  EXPECT_EQ(decode(28, value),
            (Lines{"index 0 'a'", "index 5 '-1'", "index 6 '1.0'", "index 1099511627776 'b'",
                   "insert-index 7", "sliced-array 4 elements 7 bytes"}));
}

TEST(ArrayTest, WhatIsNoneIsDamage) {
  EXPECT_EQ(failure(28, from_hex("00 00")), "bad-array") << "no items";
  EXPECT_EQ(failure(28, from_hex("02 00 05 00 0161 05 00 0162")), "bad-array") << "index twice";
  EXPECT_EQ(failure(28, from_hex("02 00 05 00 0161 04 00 0162")), "bad-array") << "falling";
  EXPECT_EQ(failure(28, from_hex("01 00 81ffffffffffffffff 00 0161")), "bad-array");
  EXPECT_EQ(failure(28, from_hex("01 01 81ffffffffffffffff 00 00 0161")), "bad-array");
  EXPECT_EQ(failure(28, from_hex("01 00 00 03 08 6162636465666768")), "bad-array")
      << "a short text of eight bytes";
  EXPECT_EQ(decode(28, from_hex("01 00 00 04 0161"))[0], "bad-array") << "unknown kind";
}

TEST(CronTest, IsASequenceOfTokens) {
  const std::string value = from_hex("0161 0100000000000000 0200000000000000 01 016b 02 0178 0179");
  EXPECT_EQ(decode(64, value, "REDIS0009"),
            (Lines{"token 4 'a' 0", "token 1 '' 1", "token 1 '' 2", "token 1 '' 1", "token 4 'k' 0",
                   "token 1 '' 2", "token 4 'x' 0", "token 4 'y' 0", "raw 8 elements 4 bytes"}));
}

}  // namespace
}  // namespace rdbproof
