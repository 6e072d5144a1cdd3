// Whole runs over small dumps.
#include "engine/verify/verify.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/rdb/writer.h"
#include "engine/report/key_format.h"
#include "engine/verify/key_index.h"
#include "tests/unit/io/io_test_util.h"
#include "tests/unit/io/standard_input.h"

namespace rdbproof {
namespace {

using test::TempDir;

void add(RdbWriter& out, Bytes name, Bytes value = "v") {
  out.key(0, name);
  out.string(value);
}

template <class Fill>
std::string dump(const Fill& fill, unsigned version = 11, RdbWriterOptions options = {}) {
  std::string bytes;
  RdbWriter out(bytes, options);
  out.header(version);
  fill(out);
  EXPECT_TRUE(out.finish());
  return bytes;
}

SourceReport verify(const std::string& bytes, VerifyOptions options = {}) {
  const TempDir dir;
  SourceReport report = verify_source(dir.write("dump", bytes), options);
  EXPECT_FALSE(report.error) << report.error->message;
  return report;
}

const auto kOneKey = [](RdbWriter& out) { add(out, "k"); };

TEST(VerifyTest, ChecksTheChecksum) {
  const SourceReport match = verify(dump(kOneKey));
  EXPECT_EQ(match.checksum.status, ChecksumStatus::kMatch);
  EXPECT_EQ(match.verdict, Verdict::kOk);
  EXPECT_EQ(match.checksum.stored, match.checksum.computed);

  const SourceReport disabled = verify(dump(kOneKey, 11, {.checksum = false}));
  EXPECT_EQ(disabled.checksum.status, ChecksumStatus::kDisabled);
  EXPECT_EQ(disabled.verdict, Verdict::kReservations);
  EXPECT_EQ(disabled.checksum.computed, match.checksum.computed);

  const SourceReport absent = verify(dump(kOneKey, 4));
  EXPECT_EQ(absent.checksum.status, ChecksumStatus::kAbsent);
  EXPECT_EQ(absent.verdict, Verdict::kReservations);

  std::string changed = dump(kOneKey);
  changed[13] ^= 1;  // the value
  const SourceReport mismatch = verify(changed);
  EXPECT_EQ(mismatch.checksum.status, ChecksumStatus::kMismatch);
  EXPECT_EQ(mismatch.verdict, Verdict::kDamaged);
}

TEST(VerifyTest, AKeyThatOccursTwiceIsRefused) {
  const std::string twice = dump([](RdbWriter& out) {
    out.select_db(3);
    add(out, "a");
    add(out, "b");
    add(out, "a", "w");
  });
  VerifyOptions options;
  for (const uint64_t frame_bytes : {uint64_t{1}, uint64_t{1} << 20}) {
    options.frame_bytes = frame_bytes;
    const SourceReport report = verify(twice, options);
    EXPECT_EQ(report.verdict, Verdict::kRefused);
    ASSERT_EQ(report.log.total(), 1u);
    const Finding& finding = report.log.findings()[0];
    EXPECT_EQ(finding.code, Code::kDuplicateKey);
    EXPECT_EQ(finding.key, "a");
    EXPECT_EQ(finding.database, 3u);
    EXPECT_EQ(finding.offset, 21u) << "the second one";
  }
}

TEST(VerifyTest, AStreamTellsThatKeysOccurTwiceToo) {
  test::Pipe pipe(dump([](RdbWriter& out) {
    add(out, "a");
    add(out, "a");
  }));
  const test::StandardInput standard_input(pipe.read_end);
  const SourceReport report = verify_source("-", VerifyOptions());
  EXPECT_EQ(report.verdict, Verdict::kRefused);
  EXPECT_EQ(report.log.count(Code::kDuplicateKey), 1u);
}

TEST(VerifyTest, OneNameInTwoDatabasesAreTwoKeys) {
  const SourceReport report = verify(dump([](RdbWriter& out) {
    for (uint64_t database = 0; database < 20; ++database) {
      out.select_db(database);
      add(out, "a");
      add(out, "b");
    }
  }));
  EXPECT_EQ(report.verdict, Verdict::kOk);
}

TEST(VerifyTest, SaysWhenThereIsNoRoomToCompareKeys) {
  VerifyOptions options;
  options.limits.max_index_bytes = 0;
  const std::string keys = dump([&](RdbWriter& out) {
    for (int i = 0; i < 5000; ++i) add(out, "k" + std::to_string(i % 4000));
  });
  EXPECT_EQ(verify(keys, options).verdict, Verdict::kRefused);
  options.temp_dir = "/no/such/directory";
  const SourceReport report = verify(keys, options);
  EXPECT_EQ(report.verdict, Verdict::kReservations);
  ASSERT_EQ(report.log.total(), 1u);
  EXPECT_EQ(report.log.findings()[0].code, Code::kDuplicatesUnchecked);
  EXPECT_EQ(report.log.findings()[0].detail,
            "cannot create a temporary file in /no/such/directory: no such file or directory");
}

TEST(VerifyTest, MoreRepeatedKeysThanAreNamedAreCounted) {
  constexpr uint64_t kKeys = Repetitions::kMostKept + 1000;
  const std::string bytes = dump([](RdbWriter& out) {
    for (int round = 0; round < 3; ++round) {
      for (uint64_t i = 0; i < kKeys; ++i) add(out, std::to_string(i), "");
    }
  });
  VerifyOptions options;
  options.threads = 2;
  const SourceReport report = verify(bytes, options);
  EXPECT_EQ(report.log.count(Code::kDuplicateKey), 2 * kKeys);
  EXPECT_EQ(report.log.findings().size(), options.limits.max_findings);
}

TEST(VerifyTest, ManyRepeatedKeysAreAllFound) {
  const std::string bytes = dump([](RdbWriter& out) {
    for (int round = 0; round < 2; ++round) {
      for (int i = 0; i < 3000; ++i) add(out, "key:" + std::to_string(i));
    }
  });
  VerifyOptions options;
  options.threads = 3;
  options.frame_bytes = 1000;
  options.limits.max_findings = 10;
  const SourceReport report = verify(bytes, options);
  EXPECT_EQ(report.log.count(Code::kDuplicateKey), 3000u);
  EXPECT_EQ(report.log.findings().size(), 10u);
}

TEST(VerifyTest, WhatCannotBeReadStillCountsForTheChecksum) {
  const std::string bytes = dump([](RdbWriter& out) {
    add(out, "k");
    out.byte(99);  // no type
    add(out, "l");
  });
  const SourceReport report = verify(bytes);
  EXPECT_EQ(report.verdict, Verdict::kDamaged);
  EXPECT_EQ(report.log.count(Code::kUnknownOpcode), 1u);
  EXPECT_EQ(report.checksum.status, ChecksumStatus::kMatch)
      << "so it is a format that we do not know, not damage on the way";
  EXPECT_EQ(report.bytes, bytes.size());
  EXPECT_EQ(report.log.lost_bytes(), 1u);
  EXPECT_EQ(report.contents.keyspace.databases().at(0).keys(), 2u) << "and goes on behind it";
}

TEST(VerifyTest, CollectsWhatTheFileSaysOfItself) {
  const SourceReport report = verify(dump([](RdbWriter& out) {
    out.aux("redis-ver", "7.4.1");
    out.aux("repl-stream-db", "0");
    out.function_library("#!lua name=x");
    add(out, "k");
  }));
  EXPECT_EQ(report.aux, (AuxFields{{"redis-ver", "7.4.1"}, {"repl-stream-db", "0"}}));
  EXPECT_EQ(report.functions, 1u);
  EXPECT_EQ(report.rdb_version, 11u);
  EXPECT_EQ(report.dialect, Dialect::kRedis);
}

TEST(VerifyTest, ManyAuxFieldsDoNotFillTheMemory) {
  const std::string bytes = dump([](RdbWriter& out) {
    for (int i = 0; i < 5000; ++i) out.aux("name" + std::to_string(i), std::string(5000, 'x'));
  });
  VerifyOptions options;
  options.frame_bytes = 1;
  const SourceReport report = verify(bytes, options);
  EXPECT_EQ(report.verdict, Verdict::kOk);
  EXPECT_LE(report.aux.size(), 2000u);
  EXPECT_LE(report.aux.begin()->second.size(), 4096u);
}

TEST(VerifyTest, TooManyDatabasesAreAnError) {
  const auto count = [](uint64_t databases) {
    return [=](RdbWriter& out) {
      for (uint64_t i = 0; i < databases; ++i) {
        out.select_db(i);
        add(out, "k");
        out.select_db(i + 1'000'000);  // without keys
      }
    };
  };
  const std::string most = dump(count(Contents::kMostDatabases));
  const std::string too_many = dump(count(Contents::kMostDatabases + 1));
  for (const uint64_t frame_bytes : {1u, 1000u, 1u << 20}) {
    VerifyOptions options;
    options.frame_bytes = frame_bytes;
    EXPECT_EQ(verify(most, options).contents.keyspace.databases().size(), Contents::kMostDatabases);
    const TempDir dir;
    const SourceReport report = verify_source(dir.write("dump", too_many), options);
    ASSERT_TRUE(report.error) << frame_bytes;
    EXPECT_EQ(report.verdict, Verdict::kUnsupported);
  }
}

TEST(VerifyTest, ListsKeysAndStopsWhenItCannotWrite) {
  const TempDir dir;
  const std::string path = dir.write("dump", dump([](RdbWriter& out) {
                                       for (int i = 0; i < 100; ++i) add(out, std::to_string(i));
                                     }));
  const TextKeyFormat format;
  VerifyOptions options;
  options.rows = &format;
  options.frame_bytes = 1;
  std::string lines;
  options.write_rows = [&](const std::string& more) -> Result<void> {
    lines += more;
    return {};
  };
  EXPECT_FALSE(verify_source(path, options).error);
  EXPECT_EQ(std::ranges::count(lines, '\n'), 100);
  int calls = 0;
  options.write_rows = [&](const std::string&) -> Result<void> {
    ++calls;
    return fail("the disk is full");
  };
  const SourceReport report = verify_source(path, options);
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.error->message, "the disk is full");
  EXPECT_EQ(calls, 1) << "nothing is written after an error";
}

TEST(VerifyTest, TellsProgress) {
  const TempDir dir;
  const std::string bytes = dump([](RdbWriter& out) {
    for (int i = 0; i < 100; ++i) add(out, std::to_string(i));
  });
  VerifyOptions options;
  options.frame_bytes = 100;
  uint64_t last = 0;
  options.progress = [&](uint64_t done) {
    EXPECT_GE(done, last);
    last = done;
  };
  EXPECT_FALSE(verify_source(dir.write("dump", bytes), options).error);
  EXPECT_GT(last, 0u);
  EXPECT_LE(last, bytes.size());
}

TEST(VerifyTest, AMissingFileIsAnError) {
  const SourceReport report = verify_source("/no/such/file", VerifyOptions());
  ASSERT_TRUE(report.error);
  EXPECT_EQ(report.verdict, Verdict::kUnsupported);
}

// Gives these bytes.
class TestServer final : public ServerSource {
 public:
  TestServer(std::string bytes, bool is_scanned) : bytes_(std::move(bytes)) {
    facts_.is_scanned = is_scanned;
  }
  Result<std::unique_ptr<ByteStream>> open() override {
    return std::make_unique<test::MemoryStream>(bytes_);
  }
  Result<std::vector<FoundKey>> fetch(std::span<const AskedKey>) override { return fail("no"); }
  const std::string& header() const override { return bytes_; }
  ServerFacts facts() const override { return facts_; }

 private:
  std::string bytes_;
  ServerFacts facts_;
};

TEST(VerifyTest, KeysThatScanRepeatsAreNoDamage) {
  const std::string twice = dump([](RdbWriter& out) {
    add(out, "k");
    add(out, "k");
  });
  for (const bool is_scanned : {true, false}) {
    TestServer server(twice, is_scanned);
    VerifyOptions options;
    options.find_server = [&](const std::string&) { return &server; };
    const SourceReport report = verify_source("redis://host", options);
    ASSERT_FALSE(report.error);
    EXPECT_EQ(report.log.count(Code::kScannedTwice), is_scanned ? 1u : 0u);
    EXPECT_EQ(report.log.count(Code::kDuplicateKey), is_scanned ? 0u : 1u);
    EXPECT_NE(report.verdict, Verdict::kOk);
  }
}

}  // namespace
}  // namespace rdbproof
