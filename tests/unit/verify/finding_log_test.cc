#include "engine/verify/finding_log.h"

#include <gtest/gtest.h>

namespace rdbproof {
namespace {

Finding finding(Code code, uint64_t offset, uint64_t database = kNoDatabase) {
  return {code, offset, database, false, {}, {}};
}

FindingLog log_of(std::initializer_list<Code> codes, uint64_t limit = 100) {
  FindingLog log(limit);
  for (const Code code : codes) log.add(finding(code, 0));
  return log;
}

TEST(FindingLogTest, KeepsTheFirstAndCountsAll) {
  FindingLog log(2);
  for (uint64_t offset = 0; offset < 5; ++offset) log.add(finding(Code::kBadZiplist, offset));
  log.add(finding(Code::kEmptyContainer, 9));
  EXPECT_EQ(log.total(), 6u);
  ASSERT_EQ(log.findings().size(), 2u);
  EXPECT_EQ(log.findings()[1].offset, 1u);
  EXPECT_EQ(log.count(Code::kBadZiplist), 5u);
  EXPECT_EQ(log.count(Severity::kDamaged), 5u);
  EXPECT_EQ(log.count(Severity::kNote), 1u);
}

TEST(FindingLogTest, KeepsOneFormThatIsNotCanonical) {
  FindingLog log = log_of({Code::kNotCanonical, Code::kNotCanonical, Code::kBadZiplist});
  log.absorb(log_of({Code::kBadListpack, Code::kNotCanonical}), 0);
  EXPECT_EQ(log.count(Code::kNotCanonical), 3u);
  EXPECT_EQ(log.total(), 5u);
  ASSERT_EQ(log.findings().size(), 3u);
  EXPECT_EQ(log.findings()[0].code, Code::kNotCanonical);
  EXPECT_EQ(log.findings()[2].code, Code::kBadListpack);
}

TEST(FindingLogTest, SaysWhetherAFindingIsKept) {
  FindingLog log(1);
  EXPECT_TRUE(log.add(finding(Code::kBadZiplist, 1)));
  EXPECT_FALSE(log.add(finding(Code::kBadZiplist, 2)));
}

TEST(FindingLogTest, AbsorbsWithinItsLimit) {
  FindingLog log(3);
  log.add(finding(Code::kBadZiplist, 1));
  FindingLog next(3);
  next.add(finding(Code::kBadListpack, 2));
  next.add(finding(Code::kBadListpack, 3, 8));
  next.add(finding(Code::kBadListpack, 4));
  log.absorb(std::move(next), 5);
  EXPECT_EQ(log.total(), 4u);
  ASSERT_EQ(log.findings().size(), 3u);
  EXPECT_EQ(log.findings()[1].database, 5u) << "made before the part knew its database";
  EXPECT_EQ(log.findings()[2].database, 8u);
  EXPECT_EQ(log.count(Code::kBadListpack), 3u);
}

TEST(FindingLogTest, KeepsTheBeginningOfALongName) {
  FindingLog log(10);
  const std::string name(100'000, 'n');
  log.add({Code::kDuplicateKey, 1, 0, true, name, {}});
  EXPECT_EQ(log.findings()[0].key, name.substr(0, FindingLog::kLongestName));
  EXPECT_LT(log.findings()[0].key.capacity(), 2 * FindingLog::kLongestName);
}

TEST(FindingLogTest, NoLimitLosesTheVerdict) {
  EXPECT_EQ(verdict_of(log_of({Code::kBadZiplist}, 0)), Verdict::kDamaged);
}

TEST(VerdictTest, TheGravestSeverityDecides) {
  EXPECT_EQ(verdict_of(log_of({})), Verdict::kOk);
  EXPECT_EQ(verdict_of(log_of({Code::kEmptyContainer})), Verdict::kOk);
  EXPECT_EQ(verdict_of(log_of({Code::kEmptyContainer, Code::kChecksumDisabled})),
            Verdict::kReservations);
  EXPECT_EQ(verdict_of(log_of({Code::kNewerVersion, Code::kChecksumDisabled})),
            Verdict::kUnsupported);
  EXPECT_EQ(verdict_of(log_of({Code::kNewerVersion, Code::kPreReleaseRecord})), Verdict::kRefused);
  EXPECT_EQ(verdict_of(log_of({Code::kPreReleaseRecord, Code::kBadLzf, Code::kNewerVersion})),
            Verdict::kDamaged);
}

TEST(VerdictTest, NamesAreTheContract) {
  EXPECT_EQ(verdict_name(Verdict::kOk), "ok");
  EXPECT_EQ(verdict_name(Verdict::kReservations), "reservations");
  EXPECT_EQ(verdict_name(Verdict::kUnsupported), "unsupported");
  EXPECT_EQ(verdict_name(Verdict::kRefused), "refused");
  EXPECT_EQ(verdict_name(Verdict::kDamaged), "damaged");
}

TEST(FindingLogTest, KnowsTheFirstPlaceOfACodeBehindTheLimit) {
  FindingLog log(1);
  log.add({Code::kBadZiplist, 5, 0, false, {}, {}});
  log.add({Code::kBadListpack, 70, 0, false, {}, {}});
  log.add({Code::kBadListpack, 60, 0, false, {}, {}});
  FindingLog next(1);
  next.add({Code::kBadListpack, 80, 0, false, {}, {}});
  next.add({Code::kBadLzf, 90, 0, false, {}, {}});
  log.absorb(std::move(next), 0);
  EXPECT_EQ(log.first_offset(Code::kBadListpack), 60u);
  EXPECT_EQ(log.first_offset(Code::kBadLzf), 90u);
}

}  // namespace
}  // namespace rdbproof
