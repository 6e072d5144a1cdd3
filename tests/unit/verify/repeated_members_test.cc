#include "engine/verify/repeated_members.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/rdb/writer.h"
#include "engine/verify/verify.h"
#include "tests/unit/base/hex.h"
#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

using test::from_hex;

template <class Fill>
SourceReport verify(const Fill& fill, VerifyOptions options = {}) {
  std::string bytes;
  RdbWriter out(bytes);
  out.header(12);
  fill(out);
  EXPECT_TRUE(out.finish());
  const test::TempDir dir;
  return verify_source(dir.write("dump", bytes), options);
}

// Of the first finding, which must be about a repeated member: "path / detail".
template <class Fill>
std::string places(const Fill& fill) {
  const SourceReport report = verify(fill);
  if (report.log.findings().empty()) return "none";
  const Finding& finding = report.log.findings()[0];
  EXPECT_EQ(finding.code, Code::kDuplicateMember);
  return finding.path + " / " + finding.detail;
}

std::string places_in(uint8_t type, const std::string& hex) {
  return places([&](RdbWriter& out) {
    out.key(type, "k");
    out.raw(from_hex(hex));
  });
}

TEST(RepeatedMembersTest, BothPlacesAreNamed) {
  EXPECT_EQ(places_in(2, "04 0161 0162 0163 0162"), "member 3 / first at member 1");
  EXPECT_EQ(places_in(4, "03 0161 0178 0162 0178 0161 0179"), "field 2 / first at field 0");
  EXPECT_EQ(places_in(5, "02 0161 0000000000000000 0161 000000000000f03f"),
            "member 1 / first at member 0");
  EXPECT_EQ(places_in(2, "03 0135 0161 c005"), "member 2 / first at member 0")
      << "an integer and its text are one";
}

TEST(RepeatedMembersTest, GroupsAndConsumersAreMembersOfStreams) {
  const std::string clocks = " 0000000000000000 0000000000000000 ";
  const std::string consumer_a = "0161" + clocks + "00";
  const std::string consumer_b = "0162" + clocks + "00";
  const auto group = [&](const std::string& name, const std::string& consumers) {
    return name + "00 00 00 00" + consumers;
  };
  const std::string head = "00 00 05 01 00 00 00 00 00";
  EXPECT_EQ(places_in(21, head + "02" + group("0167", "02" + consumer_a + consumer_b) +
                              group("0168", "02" + consumer_a + consumer_b)),
            "none")
      << "groups may have consumers of the same name";
  EXPECT_EQ(places_in(21, head + "02" + group("0167", "01" + consumer_a) +
                              group("0168", "03" + consumer_b + consumer_a + consumer_b)),
            "group 1, consumer 2 / first at group 1, consumer 0");
  EXPECT_EQ(
      places_in(21, head + "03" + group("0167", "00") + group("0168", "00") + group("0168", "00")),
      "group 2 / first at group 1");
  EXPECT_EQ(places_in(21, head + "02" + group("0167", "01" + consumer_a) +
                              group("0167", "01" + consumer_a)),
            "group 1 / first at group 0");
}

void add_set(RdbWriter& out, const std::string& name, uint64_t size, uint64_t repeated) {
  out.key(2, name);
  out.length(size + 1);
  for (uint64_t i = 0; i < size; ++i) out.string("m" + std::to_string(i));
  out.string("m" + std::to_string(repeated));
}

TEST(RepeatedMembersTest, LargeValuesAreNoDifferent) {
  for (const uint64_t size : {uint64_t{13}, uint64_t{1000}, uint64_t{70000}}) {
    EXPECT_EQ(places([&](RdbWriter& out) { add_set(out, "k", size, size / 2); }),
              "member " + std::to_string(size) + " / first at member " + std::to_string(size / 2));
  }
}

TEST(RepeatedMembersTest, EveryFindingIsAboutItsOwnKey) {
  const auto fill = [](RdbWriter& out) {
    for (uint64_t i = 0; i < 50; ++i) {
      add_set(out, "k" + std::to_string(i), 100 + i, i);
      out.key(0, "s" + std::to_string(i));
      out.string("v");
      out.key(18, "l" + std::to_string(i));  // damaged: its key is dropped
      out.raw(from_hex("01 03 0161"));
    }
  };
  VerifyOptions options;
  for (const uint64_t frame_bytes : {uint64_t{1}, uint64_t{3000}, uint64_t{1} << 20}) {
    options.frame_bytes = frame_bytes;
    const SourceReport report = verify(fill, options);
    ASSERT_EQ(report.log.total(), 100u);
    for (uint64_t i = 0; i < 50; ++i) {
      const Finding& finding = report.log.findings()[2 * i];
      EXPECT_EQ(finding.key, "k" + std::to_string(i));
      EXPECT_EQ(finding.path, "member " + std::to_string(100 + i));
      EXPECT_EQ(finding.detail, "first at member " + std::to_string(i));
    }
  }
}

TEST(RepeatedMembersTest, FindingsThatAreNotKeptAreCounted) {
  VerifyOptions options;
  options.limits.max_findings = 2;
  const SourceReport report = verify(
      [](RdbWriter& out) {
        for (uint64_t i = 0; i < 5; ++i) add_set(out, "k" + std::to_string(i), 3, 1);
      },
      options);
  EXPECT_EQ(report.log.total(), 5u);
  ASSERT_EQ(report.log.findings().size(), 2u);
  EXPECT_EQ(report.log.findings()[1].path, "member 3");
}

}  // namespace
}  // namespace rdbproof
