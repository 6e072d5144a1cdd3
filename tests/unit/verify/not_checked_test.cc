#include "engine/verify/not_checked.h"

#include <gtest/gtest.h>

namespace rdbproof {
namespace {

SourceReport sound_report() {
  SourceReport report{VerifyOptions()};
  report.rdb_version = 11;
  report.checksum.status = ChecksumStatus::kMatch;
  return report;
}

TEST(NotCheckedTest, IsEmptyIfAllWasChecked) {
  EXPECT_TRUE(not_checked(sound_report()).empty());
}

TEST(NotCheckedTest, CountsEachKind) {
  SourceReport report = sound_report();
  for (int i = 0; i < 12; ++i) report.log.add({Code::kOpaqueModule, 0, 0, false, {}, {}});
  report.log.add({Code::kFunctionNotCompiled, 0, 0, false, {}, {}});
  report.log.add({Code::kBadListpack, 0, 0, false, {}, {}});
  const std::vector<NotChecked> list = not_checked(report);
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].code, Code::kOpaqueModule);
  EXPECT_EQ(list[0].count, 12u);
  EXPECT_EQ(list[0].sentence, "12 module values or records, what they mean");
  EXPECT_EQ(list[1].sentence, "whether 1 function library compiles");
}

TEST(NotCheckedTest, HasTheChecksumThatWasNotReached) {
  SourceReport report = sound_report();
  report.checksum.status = ChecksumStatus::kAbsent;
  ASSERT_EQ(not_checked(report).size(), 1u);
  report.rdb_version = 4;  // has none; a finding says so
  EXPECT_TRUE(not_checked(report).empty());
}

// Nothing that keeps a verdict from OK because it was not looked at may be missing from the list.
TEST(NotCheckedTest, ListsAllThatCouldNotBeRead) {
  for (const FindingKind& kind : kFindingKinds) {
    if (kind.severity != Severity::kUnsupported) continue;
    // These are about the file as a whole, and stand in its verdict.
    if (kind.code == Code::kNewerVersion || kind.code == Code::kForeignFormat) continue;
    SourceReport report = sound_report();
    report.log.add({kind.code, 0, 0, false, {}, {}});
    EXPECT_FALSE(not_checked(report).empty()) << kind.slug;
  }
}

}  // namespace
}  // namespace rdbproof
