// What is repeated is found whatever the memory, the threads and the disk.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <string>

#include "engine/rdb/writer.h"
#include "tests/laws/corpus_files.h"
#include "tests/unit/io/io_test_util.h"
#include "tests/unit/io/standard_input.h"

namespace rdbproof {
namespace {

using nlohmann::json;

constexpr int kKeys = 40000;
constexpr uint64_t kMembers = 300000;

void add_key(RdbWriter& out, int number) {
  out.key(0, "key:" + std::to_string(number));
  out.string("value");
}

// Keys that come twice and three times, in one database and in several, which is no repetition; a
// large set and two that have a member twice.
std::string crowded_dump(bool repeat) {
  std::string data;
  RdbWriter out(data);
  out.header(10);
  for (uint64_t database = 0; database < 3; ++database) {
    out.select_db(database);
    for (int i = 0; i < kKeys; ++i) add_key(out, i);
    for (int i = 0; repeat && i < kKeys; i += 1000) add_key(out, i);
    for (int i = 0; repeat && i < kKeys; i += 9000) add_key(out, i);
  }
  for (const uint64_t more : {uint64_t{0}, uint64_t{repeat}, uint64_t{repeat}}) {
    out.key(2, "set:" + std::to_string(data.size()));
    out.length(kMembers + more);
    for (uint64_t i = 0; i < kMembers; ++i) out.string("member:" + std::to_string(i));
    for (uint64_t i = 0; i < more; ++i) out.string("member:77777");
  }
  EXPECT_TRUE(out.finish());
  return data;
}

VerifyOptions options_with(uint64_t index_bytes, unsigned threads) {
  VerifyOptions options = test::law_options();
  options.redis_digest = false;
  options.evidence = false;
  options.limits.max_index_bytes = index_bytes;
  options.threads = threads;
  return options;
}

TEST(DuplicatesLaw, TheSameForAnyMemoryThreadsAndFrames) {
  const test::TempDir dir;
  for (const bool repeat : {false, true}) {
    const std::string data = crowded_dump(repeat);
    const std::string path = dir.write("dump", data);
    const json expected = test::report_of(path, options_with(uint64_t{1} << 30, 1));
    EXPECT_EQ(expected["sources"][0]["findings_total"], repeat ? 3 * (40 + 5) + 2 : 0);
    for (const uint64_t index_bytes : {uint64_t{0}, uint64_t{100000}, uint64_t{3000000}}) {
      for (const unsigned threads : {1u, 3u}) {
        VerifyOptions options = options_with(index_bytes, threads);
        options.frame_bytes = threads == 1 ? uint64_t{1} << 20 : 5000;
        ASSERT_EQ(test::report_of(path, options), expected)
            << index_bytes << " bytes, " << threads << " threads";
        test::Pipe pipe(data);
        const test::StandardInput standard_input(pipe.read_end);
        const json stream = test::report_of("-", options);
        ASSERT_EQ(stream["sources"][0]["findings_total"], expected["sources"][0]["findings_total"]);
      }
    }
  }
}

TEST(DuplicatesLaw, AFullDiskIsAReservation) {
  const test::TempDir dir;
  const std::string path = dir.write("dump", crowded_dump(false));
  VerifyOptions options = options_with(100000, 2);
  options.temp_dir = dir.path();
  // A limit on file sizes stands in for a full disk.
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100000, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const SourceReport report = verify_source(path, options);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(report.error);
  EXPECT_EQ(report.verdict, Verdict::kReservations);
  EXPECT_EQ(report.log.count(Code::kDuplicatesUnchecked), 4u) << "the keys, and three sets";
  EXPECT_EQ(report.log.total(), 4u);
  for (const Finding& finding : report.log.findings()) {
    EXPECT_EQ(finding.detail,
              "cannot write a temporary file in " + dir.path() + ": file too large");
  }
  EXPECT_EQ(report.contents.keyspace.databases().at(2).keys(), kKeys + 3u);
}

}  // namespace
}  // namespace rdbproof
