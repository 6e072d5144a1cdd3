#include "engine/verify/size_hints.h"

#include <gtest/gtest.h>

#include "tests/unit/verify/dumps.h"

namespace rdbproof {
namespace {

using test::add_key;
using test::dump_of;
using test::findings_of;
using Lines = std::vector<std::string>;

// Database 0 with two keys, one of which expires, and what is announced for it.
std::string two_keys(uint64_t keys, uint64_t expires, unsigned version = 12) {
  return dump_of(
      [&](RdbWriter& out) {
        out.select_db(0);
        out.resize_db(keys, expires);
        add_key(out, "a");
        out.expire_ms(1'600'000'000'000);
        add_key(out, "b");
      },
      version);
}

TEST(SizeHintsTest, AreTheNumbersOfKeysInTheFile) {
  EXPECT_EQ(findings_of(two_keys(2, 1)), Lines{}) << "the expired one counts";
  EXPECT_EQ(findings_of(two_keys(3, 1)),
            Lines{"size-hint 11 db 0: 3 keys, 1 with expiry announced; 2 keys, 1 with expiry are "
                  "there"});
  EXPECT_EQ(findings_of(two_keys(2, 0)).size(), 1u);
  EXPECT_EQ(findings_of(two_keys(1, 1)).size(), 1u);
  EXPECT_EQ(findings_of(two_keys(UINT64_MAX, UINT64_MAX)).size(), 1u);
}

TEST(SizeHintsTest, Redis32LeftExpiredKeysOut) {
  EXPECT_EQ(findings_of(two_keys(5, 4, 7)), Lines{});
  EXPECT_EQ(findings_of(two_keys(5, 4, 8)).size(), 1u);
  EXPECT_EQ(findings_of(two_keys(5, 3, 7)).size(), 1u);
  EXPECT_EQ(findings_of(two_keys(1, 0, 7)).size(), 1u);
}

TEST(SizeHintsTest, OnlyWhatStallsServersIsRefused) {
  const auto code = [](uint64_t keys, uint64_t expires) {
    return findings_of(two_keys(keys, expires)).at(0).substr(0, 4);
  };
  EXPECT_EQ(code((uint64_t{1} << 27) - 1, 1), "size");
  EXPECT_EQ(code(uint64_t{1} << 27, 1), "huge");
  EXPECT_EQ(code(2, uint64_t{1} << 40), "huge");
  EXPECT_EQ(test::report_of(two_keys(uint64_t{1} << 31, 1)).verdict, Verdict::kRefused);
}

TEST(SizeHintsTest, EmptyKeysCount) {
  EXPECT_EQ(findings_of(dump_of([](RdbWriter& out) {
              out.select_db(0);
              out.resize_db(2, 0);
              add_key(out, "a");
              out.key(2, "empty");
              out.length(0);
            })),
            Lines{"empty-container 19 db 0 'empty'"});
}

TEST(SizeHintsTest, EachDatabaseHasItsOwn) {
  const auto file = [](uint64_t first, uint64_t second, uint64_t again) {
    return dump_of([&](RdbWriter& out) {
      out.select_db(1);
      out.resize_db(first, 0);
      for (const char* key : {"a", "b"}) add_key(out, key);
      out.select_db(2);
      out.resize_db(second, 0);
      add_key(out, "c");
      out.select_db(1);
      out.resize_db(again, 0);
      add_key(out, "d");
    });
  };
  const std::string order = "database-order 34 db 1";
  EXPECT_EQ(findings_of(file(2, 1, 1)), Lines{order}) << "what is announced adds up";
  const Lines wrong = findings_of(file(2, 2, 3));
  ASSERT_EQ(wrong.size(), 3u);
  EXPECT_EQ(wrong[1],
            "size-hint 11 db 1: 5 keys, 0 with expiry announced in 2 places; 3 keys, 0 with expiry "
            "are there");
  EXPECT_EQ(wrong[2].substr(0, 17), "size-hint 26 db 2");
}

TEST(SizeHintsTest, ComeBeforeTheKeys) {
  EXPECT_EQ(findings_of(dump_of([](RdbWriter& out) {
              out.select_db(0);
              add_key(out, "a");
              out.resize_db(2, 0);
              add_key(out, "b");
            })),
            Lines{"size-hint 16: announced behind the first key"});
  EXPECT_EQ(findings_of(dump_of([](RdbWriter& out) {
              out.select_db(0);
              add_key(out, "a");
              out.select_db(1);
              out.resize_db(1, 0);
              add_key(out, "b");
            })),
            Lines{});
}

TEST(SizeHintsTest, TellNothingOfADamagedFile) {
  std::string damaged = two_keys(3, 1);
  damaged[18] ^= 1;
  EXPECT_EQ(findings_of(damaged), Lines{"checksum-mismatch 42"});
  EXPECT_EQ(findings_of(two_keys(3, 1).substr(0, 30)).size(), 1u);
}

// KeyDB counts keys with expiring members among those that expire.
TEST(SizeHintsTest, ForksCountExpiryOtherwise) {
  const auto file = [](Bytes name, Bytes value, uint64_t keys) {
    return dump_of(
        [&](RdbWriter& out) {
          out.aux(name, value);
          out.select_db(0);
          out.resize_db(keys, 1);
          add_key(out, "a");
        },
        9);
  };
  EXPECT_EQ(findings_of(file("redis-ver", "6.3.4", 1)), Lines{});
  EXPECT_EQ(findings_of(file("redis-ver", "6.3.4", 2)).size(), 1u);
  EXPECT_EQ(findings_of(file("crdtinfo", "CRDT1001", 1)), Lines{});
  EXPECT_EQ(findings_of(file("redis-ver", "6.2.4", 1)).size(), 1u);
  EXPECT_EQ(findings_of(file("df-ver", "1.24", 7)), Lines{});
}

}  // namespace
}  // namespace rdbproof
