// What a file says of itself, over whole runs, cut in every way.
#include "engine/verify/file_records.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/hash/crc16.h"
#include "engine/rdb/grammar.h"
#include "engine/rdb/writer.h"
#include "engine/verify/verify.h"
#include "tests/unit/io/io_test_util.h"
#include "tests/unit/verify/dumps.h"

namespace rdbproof {
namespace {

using test::add_key;
using test::dump_of;
using test::findings_of;
using Lines = std::vector<std::string>;

TEST(FileRecordsTest, RecordsOfLaterVersionsAreToldOnceAKind) {
  const auto fill = [](RdbWriter& out) {
    for (int i = 0; i < 3; ++i) {
      out.expire_ms(1'600'000'000'000);
      out.key(0, std::to_string(i));
      out.string("v");
      out.key(20, "set" + std::to_string(i));
      out.plain_string(Bytes("\x09\0\0\0\x01\0\x01\x01\xff", 9));
    }
  };
  EXPECT_EQ(findings_of(dump_of(fill, 11)), Lines{});
  EXPECT_EQ(findings_of(dump_of(fill, 10)),
            Lines{"newer-record 23: set-listpack came with version 11"});
  EXPECT_EQ(findings_of(dump_of(fill, 2)),
            (Lines{"checksum-absent 100", "newer-record 9: expire-ms came with version 3",
                   "newer-record 23: set-listpack came with version 11"}));
}

TEST(FileRecordsTest, WhatAFileUsesIsInTheReport) {
  const SourceReport report = test::report_of(dump_of([](RdbWriter& out) {
    out.select_db(3);
    add_key(out, "k");
    out.select_db(200);
    add_key(out, "k");
  }));
  ASSERT_EQ(report.used_records.size(), 3u);
  EXPECT_EQ(report.used_records[0].row->name, "string");
  EXPECT_EQ(report.used_records[0].offset, 11u);
  EXPECT_EQ(report.used_records[1].row->name, "select-db");
  EXPECT_EQ(report.used_records[1].offset, 9u);
  EXPECT_EQ(report.used_records[2].row->name, "end");
  ASSERT_TRUE(report.highest_database);
  EXPECT_EQ(report.highest_database->number, 200u);
  EXPECT_EQ(report.highest_database->offset, 16u);
  EXPECT_FALSE(
      test::report_of(dump_of([](RdbWriter& out) { add_key(out, "k"); })).highest_database);
}

TEST(FileRecordsTest, DatabasesAscend) {
  const auto select = [](std::vector<uint64_t> numbers) {
    return dump_of([&](RdbWriter& out) {
      for (const uint64_t number : numbers) {
        out.select_db(number);
        add_key(out, "key " + std::to_string(out.size()));
      }
    });
  };
  EXPECT_EQ(findings_of(select({0, 1, 7})), Lines{});
  EXPECT_EQ(findings_of(select({0, 7, 1, 1})), Lines{"database-order 33 db 1"});
  EXPECT_EQ(findings_of(select({1, 1})), Lines{"database-order 21 db 1"});
  const std::string dragonfly = dump_of(
      [](RdbWriter& out) {
        out.aux("df-ver", "1.24");
        out.select_db(1);
        out.select_db(0);
      },
      9);
  EXPECT_EQ(findings_of(dragonfly), Lines{});
}

TEST(FileRecordsTest, ADatabaseThatNoServerHasIsSelectedAllTheSame) {
  const std::string bytes = dump_of([](RdbWriter& out) {
    out.select_db(0);
    add_key(out, "a");
    out.select_db(uint64_t{1} << 40);
    add_key(out, "a");
  });
  EXPECT_EQ(findings_of(bytes), Lines{"bad-length 17 db 0: a database of that number"})
      << "not a key that occurs twice";
}

TEST(FileRecordsTest, AVersionThatIsDamagedIsNamed) {
  const auto fill = [](RdbWriter& out) {
    out.select_db(0);
    add_key(out, "k");
  };
  const auto as_version = [&](unsigned written, const std::string& digits) {
    return dump_of(fill, written).replace(5, 4, digits);
  };
  EXPECT_EQ(findings_of(as_version(11, "0009")),
            Lines{"checksum-mismatch 25: it matches if the header names version 11"});
  const Lines old = findings_of(as_version(11, "0001"));
  ASSERT_EQ(old.size(), 2u);
  EXPECT_EQ(
      old[1],
      "trailing-bytes 17: 8 bytes; they are the checksum of this file as version 11: the header "
      "is damaged");
  std::string two = as_version(11, "0001");
  two[13] ^= 1;  // the name, too
  EXPECT_EQ(findings_of(two)[1],
            "trailing-bytes 17: 8 bytes; as long as a checksum, so the version may be damaged");
  std::string value_only = dump_of(fill, 11);
  value_only[13] ^= 1;
  EXPECT_EQ(findings_of(value_only), Lines{"checksum-mismatch 25"});
}

}  // namespace
}  // namespace rdbproof
