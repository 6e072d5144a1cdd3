#include "engine/rdb/prologue.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/rdb/grammar.h"
#include "engine/rdb/writer.h"
#include "tests/unit/base/hex.h"
#include "tests/unit/rdb/recording_sink.h"

namespace rdbproof {
namespace {

using test::from_hex;
using test::rdb_string;

Prologue read(Bytes window, bool is_whole = true) {
  return read_prologue(window, is_whole, Limits());
}

TEST(PrologueTest, RefusesWhatIsNoHeader) {
  struct Case {
    Bytes header;
    Code code;
    uint64_t offset;
  };
  const Case cases[] = {
      {"", Code::kEmptyFile, 0},
      {"x", Code::kBadMagic, 0},
      {"redis0011", Code::kBadMagic, 0},
      {"RADIS0011", Code::kBadMagic, 0},
      {Bytes("\0\0\0\0\0\0\0\0\0", 9), Code::kBadMagic, 0},
      {"*2\r\n$6\r\nSELECT", Code::kForeignFormat, 0},
      {"REDIS", Code::kTruncated, 5},
      {"REDIS001", Code::kTruncated, 8},
      {"VALKEY08", Code::kTruncated, 8},
      {"REDIS 010", Code::kBadVersion, 5},
      {"REDIS10xx", Code::kBadVersion, 5},
      {"REDIS-001", Code::kBadVersion, 5},
      {"REDIS0000", Code::kBadVersion, 5},
      {"REDIS0016", Code::kNewerVersion, 5},
      {"REDIS0099", Code::kNewerVersion, 5},
      {"REDIS9999", Code::kNewerVersion, 5},
      {"VALKEY079", Code::kBadVersion, 6},
      {"VALKEY001", Code::kBadVersion, 6},
      {"VALKEY082", Code::kNewerVersion, 6},
      {"VALKEY099", Code::kNewerVersion, 6},
      {"VALKEYxyz", Code::kBadVersion, 6},
  };
  for (const Case& wrong : cases) {
    const Prologue prologue = read(wrong.header);
    EXPECT_EQ(prologue.state, PrologueState::kFailed) << wrong.header;
    EXPECT_EQ(prologue.finding.code, wrong.code) << wrong.header;
    EXPECT_EQ(prologue.finding.offset, wrong.offset) << wrong.header;
  }
}

TEST(PrologueTest, TakesEveryKnownVersion) {
  for (uint32_t version = 1; version <= 15; ++version) {
    std::string header;
    RdbWriter(header).header(version);
    const Prologue prologue = read(header + "\xff");
    EXPECT_EQ(prologue.state, PrologueState::kRead) << version;
    EXPECT_EQ(prologue.file.version, version);
    EXPECT_EQ(prologue.file.dialect, Dialect::kRedis);
    EXPECT_FALSE(prologue.file.valkey_magic);
  }
  for (const char* header : {"VALKEY080\xff", "VALKEY081\xff"}) {
    const Prologue prologue = read(header);
    EXPECT_EQ(prologue.state, PrologueState::kRead) << header;
    EXPECT_EQ(prologue.file.dialect, Dialect::kValkey);
    EXPECT_TRUE(prologue.file.valkey_magic);
  }
}

Dialect dialect_of(Bytes header, std::initializer_list<std::pair<Bytes, Bytes>> aux) {
  std::string file(header);
  RdbWriter writer(file);
  for (const auto& [name, value] : aux) writer.aux(name, value);
  return read(file + "\xff").file.dialect;
}

TEST(PrologueTest, LearnsTheDialectFromAux) {
  EXPECT_EQ(dialect_of("REDIS0011", {{"redis-ver", "7.2.6"}}), Dialect::kRedis);
  EXPECT_EQ(dialect_of("REDIS0011", {{"valkey-ver", "8.0.1"}}), Dialect::kValkey);
  EXPECT_EQ(dialect_of("REDIS0009", {{"redis-ver", "6.3.4"}}), Dialect::kKeyDb);
  EXPECT_EQ(dialect_of("REDIS0009", {{"redis-ver", "6.2.16"}}), Dialect::kRedis);
  EXPECT_EQ(dialect_of("REDIS0009", {{"repl-masters", "x"}}), Dialect::kKeyDb);
  EXPECT_EQ(dialect_of("REDIS0009", {{"mvcc-tstamp", "1"}}), Dialect::kKeyDb);
  EXPECT_EQ(dialect_of("REDIS0009", {{"redis-ver", "6.2.0"}, {"df-ver", "1.30"}}),
            Dialect::kDragonfly);
  EXPECT_EQ(dialect_of("REDIS0009", {{"df-ver", "1.30"}, {"redis-ver", "6.3.0"}}),
            Dialect::kDragonfly)
      << "Dragonfly's own name wins";
  EXPECT_EQ(dialect_of("VALKEY080", {{"redis-ver", "6.3.4"}}), Dialect::kValkey);
  EXPECT_EQ(dialect_of("REDIS0011", {{"my-aux", "df-ver"}}), Dialect::kRedis);
}

TEST(PrologueTest, DialectsDecideWhatAByteMeans) {
  EXPECT_EQ(test::context_of("VALKEY080").rows[22]->name, "hash-2");
  EXPECT_EQ(test::context_of("REDIS0012").rows[22]->name, "hash-metadata-pre-ga");
  EXPECT_EQ(test::context_of("VALKEY080").rows[243]->name, "slot-import");
  EXPECT_EQ(test::context_of("REDIS0013").rows[243]->name, "key-metadata");
  EXPECT_EQ(test::context_of("VALKEY080").rows[28], nullptr);
  EXPECT_EQ(test::context_of("REDIS0014").rows[28]->name, "array");
  EXPECT_EQ(test::context_of("REDIS0009").rows[64]->name, "cron");
  EXPECT_EQ(test::context_of("REDIS0011").rows[99], nullptr);
  const std::string dragonfly = "REDIS0009\xfa" + rdb_string("df-ver") + rdb_string("1");
  EXPECT_EQ(test::context_of(dragonfly).rows[201]->name, "zstd-block");
  EXPECT_EQ(test::context_of("REDIS0009").rows[201], nullptr);
}

TEST(PrologueTest, AsksForMoreUntilTheFirstKey) {
  std::string file;
  RdbWriter writer(file);
  writer.header(9);
  writer.aux("redis-ver", "6.2.16");
  writer.aux("redis-bits", "64");
  writer.aux("df-ver", "1.30");
  writer.select_db(0);
  writer.resize_db(1, 0);
  const size_t prologue = file.size();
  writer.key(0, "k");
  for (size_t length = 0; length <= prologue; ++length) {
    EXPECT_EQ(read(Bytes(file).substr(0, length), false).state, PrologueState::kNeedMore) << length;
  }
  const Prologue result = read(Bytes(file).substr(0, prologue + 1), false);
  EXPECT_EQ(result.state, PrologueState::kRead);
  EXPECT_EQ(result.file.dialect, Dialect::kDragonfly);
}

TEST(PrologueTest, LeavesDamagedRecordsToTheFramer) {
  for (const std::string& record : {from_hex("fa c401"), from_hex("fe 82"), from_hex("fb ff")}) {
    EXPECT_EQ(read("REDIS0011" + record, false).state, PrologueState::kRead);
    EXPECT_EQ(read("REDIS0011" + record, true).state, PrologueState::kRead);
  }
}

TEST(PrologueTest, DialectsHaveNames) {
  EXPECT_EQ(dialect_name(Dialect::kRedis), "redis");
  EXPECT_EQ(dialect_name(Dialect::kValkey), "valkey");
  EXPECT_EQ(dialect_name(Dialect::kDragonfly), "dragonfly");
  EXPECT_EQ(dialect_name(Dialect::kKeyDb), "keydb");
}

}  // namespace
}  // namespace rdbproof
