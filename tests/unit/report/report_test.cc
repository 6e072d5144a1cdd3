#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "engine/report/key_format.h"
#include "engine/report/units.h"
#include "engine/report/verify_report.h"

namespace rdbproof {
namespace {

TEST(UnitsTest, OfBytesArePowersOfTen) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(999), "999 B");
  EXPECT_EQ(format_bytes(1000), "1.00 KB");
  EXPECT_EQ(format_bytes(12345), "12.3 KB");
  EXPECT_EQ(format_bytes(999'499), "999 KB");
  EXPECT_EQ(format_bytes(999'500), "1.00 MB");
  EXPECT_EQ(format_bytes(1'210'000'000), "1.21 GB");
  EXPECT_EQ(format_bytes(80'000'000'000), "80.0 GB");
  EXPECT_EQ(format_bytes(~uint64_t{0}), "18447 PB");
}

TEST(UnitsTest, CountsHaveCommas) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(1000), "1,000");
  EXPECT_EQ(format_count(2850123), "2,850,123");
}

TEST(UnitsTest, OfTime) {
  EXPECT_EQ(format_seconds(0.214), "0.21 s");
  EXPECT_EQ(format_seconds(125), "2 min 05 s");
  EXPECT_EQ(format_seconds(3725), "1 h 02 min");
  EXPECT_EQ(format_rate(1000, 0), "-");
  EXPECT_EQ(format_rate(2'000'000, 2), "1.00 MB/s");
}

Key key_named(Bytes name) {
  Key key;
  key.name = name;
  key.has_expiry = true;
  key.expire_at_ms = -5;
  return key;
}

nlohmann::json json_row(const Key& key) {
  const JsonKeyFormat format;
  const FingerprintText fingerprint{"a", "c0", "ce"};
  const ValueSummary value{"raw", 1, 2, 0};
  std::string line = format.prefix(7);
  format.append_row(line, {key, value, fingerprint, nullptr});
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  return nlohmann::json::parse(line);
}

TEST(KeyFormatTest, JsonFollowsTheContract) {
  const nlohmann::json row = json_row(key_named("a\"\\\n\x1b"));
  EXPECT_EQ(row["db"], 7);
  EXPECT_EQ(row["key"], "a\"\\\n\x1b");
  EXPECT_EQ(row["type"], "string");
  EXPECT_EQ(row["encoding"], "raw");
  EXPECT_EQ(row["elements"], 1);
  EXPECT_EQ(row["bytes"], 2);
  EXPECT_EQ(row["expire_at_ms"], -5);
  EXPECT_EQ(row["fingerprint"], "c0");
  EXPECT_FALSE(row.contains("redis_digest"));
}

TEST(KeyFormatTest, JsonGivesBytesThatAreNoTextAsBase64) {
  const nlohmann::json row = json_row(key_named("\xff\xfe"));
  EXPECT_EQ(row["key_b64"], "//4=");
  EXPECT_FALSE(row.contains("key"));
}

TEST(KeyFormatTest, TextKeepsItsColumns) {
  const TextKeyFormat format;
  const FingerprintText fingerprint{"a", "c0", "ce"};
  const ValueSummary value{"raw", 1, 2, 0};
  const KeyDigests digests;
  std::string line = format.prefix(7);
  const Key key = key_named("a\tb\n");
  format.append_row(line, {key, value, fingerprint, &digests});
  const std::string heading = TextKeyFormat::heading(true);
  EXPECT_EQ(std::ranges::count(line, '\t'), std::ranges::count(heading, '\t'));
  EXPECT_TRUE(line.ends_with("\ta\\x09b\\x0a\n"));
}

SourceReport report_with(const Finding& finding) {
  SourceReport report{VerifyOptions()};
  report.source = "a\x1b.rdb";
  report.has_header = true;
  report.log.add(finding);
  report.verdict = verdict_of(report.log);
  report.aux.emplace_back("ver\x1b", "\xff");
  return report;
}

TEST(VerifyReportTest, NothingFromTheFileReachesTheTerminalRaw) {
  RunReport run{VerifyOptions()};
  run.add(report_with({Code::kBadZiplist, 5, 0, true, "k\x1b]0;\x07\xff", "detail\x1b"}));
  const std::string text = render_text(run, {});
  EXPECT_NE(text.find("k\\x1b]0;\\x07\\xff"), std::string::npos) << text;
  for (const std::string& output : {text, render_json(run)}) {
    for (const char c : output) {
      ASSERT_TRUE(c == '\n' || static_cast<uint8_t>(c) >= 0x20) << output;
    }
  }
}

TEST(VerifyReportTest, JsonHoldsAnyBytes) {
  RunReport run{VerifyOptions()};
  run.add(report_with({Code::kBadZiplist, 5, kNoDatabase, true, "\xff", ""}));
  const nlohmann::json json = nlohmann::json::parse(render_json(run));
  EXPECT_EQ(json["sources"][0]["findings"][0]["key_b64"], "/w==");
  EXPECT_TRUE(json["sources"][0]["findings"][0]["db"].is_null());
  EXPECT_EQ(json["verdict"], "damaged");
}

TEST(VerifyReportTest, TheWorstVerdictIsThatOfTheRun) {
  RunReport run{VerifyOptions()};
  run.add(report_with({Code::kEmptyContainer, 5, 0, false, "", ""}));
  EXPECT_EQ(run.verdict, Verdict::kOk);
  run.add(report_with({Code::kBadZiplist, 5, 0, false, "", ""}));
  run.add(report_with({Code::kChecksumDisabled, 5, 0, false, "", ""}));
  EXPECT_EQ(run.verdict, Verdict::kDamaged);
}

size_t occurrences(const std::string& text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(VerifyReportTest, ManyFindingsOfAKindAreFolded) {
  SourceReport report = report_with({Code::kOpaqueModule, 1, 0, false, "", ""});
  for (uint64_t i = 2; i <= 1500; ++i) report.log.add({Code::kOpaqueModule, i, 0, false, {}, {}});
  report.log.add({Code::kFunctionNotCompiled, 2000, 0, false, {}, {}});
  report.log.add({Code::kBadZiplist, 3000, 0, false, {}, {}});
  RunReport run{VerifyOptions()};
  run.add(std::move(report));
  const std::string text = render_text(run, {});
  EXPECT_EQ(occurrences(text, "opaque-module at offset"), 3u) << text;
  EXPECT_EQ(occurrences(text, "let a server with that module"), 1u) << text;
  EXPECT_EQ(occurrences(text, "... and 1497 more of this kind"), 1u) << text;
  // Those behind the first thousand are only counted.
  EXPECT_EQ(occurrences(text, "... and 2 more findings"), 1u) << text;
}

TEST(VerifyReportTest, SaysWhatWasNotChecked) {
  SourceReport report = report_with({Code::kFunctionNotCompiled, 1, 0, false, "", ""});
  report.checksum.status = ChecksumStatus::kMatch;
  RunReport run{VerifyOptions()};
  run.add(std::move(report));
  EXPECT_NE(render_text(run, {}).find("not checked: whether 1 function library compiles\n"),
            std::string::npos);
  const nlohmann::json json = nlohmann::json::parse(render_json(run))["sources"][0];
  EXPECT_EQ(json["not_checked"][0]["code"], "function-not-compiled");
  EXPECT_EQ(json["not_checked"][0]["count"], 1);
  EXPECT_TRUE(json["load"].is_null());
}

TEST(VerifyReportTest, ColourIsAskedFor) {
  RunReport run{VerifyOptions()};
  run.add(report_with({Code::kBadZiplist, 5, 0, false, "", ""}));
  EXPECT_NE(render_text(run, {.color = true}).find("\x1b[1;31mDAMAGED\x1b[0m"), std::string::npos);
}

}  // namespace
}  // namespace rdbproof
