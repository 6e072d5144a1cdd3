// The report depends on the bytes of the file alone: not on threads, frames, or how it arrives.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "engine/rdb/writer.h"
#include "tests/laws/corpus_files.h"
#include "tests/unit/io/io_test_util.h"
#include "tests/unit/io/standard_input.h"

namespace rdbproof {
namespace {

using nlohmann::json;
using test::corpus_dumps;
using test::law_options;
using test::report_of;

// What may differ between a file and the same bytes from elsewhere.
json without_source(json report) {
  report["sources"][0].erase("source");
  report["sources"][0].erase("compression");
  return report;
}

TEST(SameReportLaw, ForAnyThreadsAndFrames) {
  for (const std::string& path : corpus_dumps()) {
    VerifyOptions options = law_options();
    const json expected = report_of(path, options);
    for (const unsigned threads : {1u, 2u, 3u, 8u}) {
      for (const uint64_t frame_bytes :
           {uint64_t{1}, uint64_t{17}, uint64_t{4096}, uint64_t{1} << 20}) {
        options.threads = threads;
        options.frame_bytes = frame_bytes;
        ASSERT_EQ(report_of(path, options), expected)
            << path << ", " << threads << " threads, frames of " << frame_bytes;
      }
    }
  }
}

TEST(SameReportLaw, OfDamagedFiles) {
  for (const std::string& path : test::damaged_dumps()) {
    VerifyOptions options = law_options();
    const json expected = report_of(path, options);
    options.threads = 3;
    for (const uint64_t frame_bytes : {uint64_t{1}, uint64_t{17}}) {
      options.frame_bytes = frame_bytes;
      EXPECT_EQ(report_of(path, options), expected) << path << ", frames of " << frame_bytes;
    }
  }
}

// More of everything than a report keeps.
std::string crowded_dump() {
  std::string data;
  RdbWriter writer(data);
  writer.header(10);
  for (int i = 0; i < 1500; ++i) writer.aux("name" + std::to_string(i), "value");
  for (int i = 0; i < 1500; ++i) {
    writer.select_db(static_cast<uint64_t>(i % 7));
    writer.key(2, "empty set " + std::to_string(i));
    writer.length(0);
    writer.key(0, "key " + std::to_string(i / 14));
    writer.string("value");
  }
  EXPECT_TRUE(writer.finish());
  return data;
}

TEST(SameReportLaw, WhereTheReportIsFull) {
  const test::TempDir dir;
  const std::string path = dir.write("crowded.rdb", crowded_dump());
  VerifyOptions options = law_options();
  const json expected = report_of(path, options);
  EXPECT_GT(expected["sources"][0]["findings_total"], 1500);
  for (const uint64_t frame_bytes : {uint64_t{1}, uint64_t{17}, uint64_t{4096}}) {
    options.threads = 3;
    options.frame_bytes = frame_bytes;
    ASSERT_EQ(report_of(path, options), expected) << "frames of " << frame_bytes;
  }
}

TEST(SameReportLaw, FromAPipe) {
  for (const std::string& path : corpus_dumps()) {
    VerifyOptions options = law_options();
    const json expected = without_source(report_of(path, options));
    const std::string data = test::read_file(path);
    for (const uint64_t frame_bytes :
         {uint64_t{1}, uint64_t{17}, uint64_t{4096}, uint64_t{1} << 20}) {
      options.threads = 3;
      options.frame_bytes = frame_bytes;
      test::Pipe pipe(data, 777);
      const test::StandardInput standard_input(pipe.read_end);
      ASSERT_EQ(without_source(report_of("-", options)), expected)
          << path << ", frames of " << frame_bytes;
    }
  }
}

TEST(SameReportLaw, FromACompressedCopy) {
  const test::TempDir dir;
  for (const std::string& path : corpus_dumps()) {
    VerifyOptions options = law_options();
    const json expected = without_source(report_of(path, options));
    const std::string data = test::read_file(path);
    options.threads = 2;
    options.frame_bytes = 4096;
    for (const std::string& copy :
         {dir.write("zstd", test::zstd(data)), dir.write("lz4", test::lz4(data)),
          dir.write("gzip", test::gzip(data))}) {
      ASSERT_EQ(without_source(report_of(copy, options)), expected) << path << " as " << copy;
    }
  }
}

// Line by line what a single thread lists.
class CountingFormat final : public KeyRowFormat {
 public:
  std::string prefix(uint64_t database) const override { return std::to_string(database) + " "; }
  void append_row(std::string& out, const KeyRow& row) const override {
    out += row.fingerprint.content_and_expiry + " " + std::to_string(row.value.elements) + "\n";
  }
};

TEST(SameReportLaw, RowsComeInTheOrderOfTheFile) {
  const CountingFormat format;
  for (const std::string& path : corpus_dumps()) {
    const auto rows = [&](unsigned threads, uint64_t frame_bytes) {
      std::string lines;
      VerifyOptions options = law_options();
      options.threads = threads;
      options.frame_bytes = frame_bytes;
      options.rows = &format;
      options.write_rows = [&](const std::string& more) -> Result<void> {
        lines += more;
        return {};
      };
      EXPECT_FALSE(verify_source(path, options).error);
      return lines;
    };
    const std::string expected = rows(1, uint64_t{1} << 20);
    ASSERT_EQ(rows(8, 1), expected) << path;
    ASSERT_EQ(rows(3, 17), expected) << path;
  }
}

}  // namespace
}  // namespace rdbproof
