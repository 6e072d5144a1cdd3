#include "tests/unit/verify/dumps.h"

#include <gtest/gtest.h>

#include "engine/base/text.h"
#include "tests/unit/io/io_test_util.h"

namespace rdbproof::test {
namespace {

std::string line(const Finding& finding) {
  std::string text(kind_of(finding.code).slug);
  text += " " + std::to_string(finding.offset);
  if (finding.database != kNoDatabase) text += " db " + std::to_string(finding.database);
  if (finding.has_key) text += " '" + escape_for_terminal(finding.key) + "'";
  if (!finding.detail.empty()) text += ": " + finding.detail;
  return text;
}

std::vector<std::string> lines(const SourceReport& report) {
  std::vector<std::string> all;
  for (const Finding& finding : report.log.findings()) all.push_back(line(finding));
  return all;
}

}  // namespace

SourceReport report_of(const std::string& bytes, uint64_t frame_bytes) {
  const TempDir dir;
  VerifyOptions options;
  options.now_ms = kNow;
  options.frame_bytes = frame_bytes;
  options.threads = frame_bytes == 1 ? 3 : 1;
  SourceReport report = verify_source(dir.write("dump", bytes), options);
  EXPECT_FALSE(report.error) << report.error->message;
  return report;
}

std::vector<std::string> findings_of(const std::string& bytes) {
  std::vector<std::string> expected = lines(report_of(bytes));
  for (const uint64_t frame_bytes : {1, 20, 50}) {
    EXPECT_EQ(lines(report_of(bytes, frame_bytes)), expected) << "frames of " << frame_bytes;
  }
  return expected;
}

}  // namespace rdbproof::test
