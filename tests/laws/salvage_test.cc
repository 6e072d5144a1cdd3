// What salvage writes is sound, and holds what was read of the damaged file.
#include "engine/verify/salvage.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "tests/laws/corpus_files.h"
#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

constexpr const char* kDumps[] = {
    "2.4.18/micro.rdb", "3.2.13/micro.rdb", "5.0.14/micro.rdb",        "7.0.15/small.rdb",
    "7.4.1/micro.rdb",  "8.4.0/micro.rdb",  "redis-8.8-dev/micro.rdb", "valkey-9-dev/micro.rdb",
};

// Overwrites, inserts or removes up to 64 bytes behind the header.
std::string damage(std::string bytes, std::mt19937& random) {
  constexpr size_t kHeader = 9;
  const size_t begin = kHeader + random() % (bytes.size() - kHeader);
  const size_t length = std::min<size_t>(1 + random() % 64, bytes.size() - begin);
  switch (random() % 3) {
    case 0:
      return bytes.replace(begin, length, std::string(length, static_cast<char>(random())));
    case 1:
      return bytes.insert(begin, std::string(length, static_cast<char>(random())));
    default:
      return bytes.erase(begin, length);
  }
}

uint64_t keys_of(const SourceReport& report) {
  uint64_t keys = 0;
  for (const auto& [number, database] : report.contents.keyspace.databases()) {
    keys += database.keys();
  }
  return keys;
}

TEST(SalvageLaw, TheCopyIsSoundAndHoldsWhatWasRead) {
  const test::TempDir dir;
  std::mt19937 random(20260101);
  for (const char* const name : kDumps) {
    const std::string whole = test::read_file(test::corpus_dump(name));
    int lost_more = 0;  // for attributes that no server writes, or because it is there twice
    for (int i = 0; i < 40; ++i) {
      const std::string source = dir.write("damaged", damage(whole, random));
      VerifyOptions options = test::law_options();
      options.frame_bytes = i % 2 == 0 ? 1 : 1 << 20;
      const Result<SalvageReport> report = salvage(source, dir.file("copy"), true, options);
      ASSERT_TRUE(report) << name << ", damage " << i << ": " << report.error().message;
      EXPECT_LE(report->written.verdict, Verdict::kReservations) << name << ", damage " << i;
      EXPECT_LE(keys_of(report->written), keys_of(report->source)) << name << ", damage " << i;
      lost_more += keys_of(report->written) < keys_of(report->source);
    }
    EXPECT_LE(lost_more, 10) << name;
  }
}

TEST(SalvageLaw, ASoundFileKeepsItsContent) {
  const test::TempDir dir;
  for (const std::string& path : test::corpus_dumps()) {
    const Result<SalvageReport> report = salvage(path, dir.file("copy"), true, test::law_options());
    ASSERT_TRUE(report) << path << ": " << report.error().message;
    EXPECT_EQ(report->source.contents.fingerprint(true).content_and_expiry,
              report->written.contents.fingerprint(true).content_and_expiry)
        << path;
  }
}

}  // namespace
}  // namespace rdbproof
