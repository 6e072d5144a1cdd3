#include "engine/scan/frame_cutter.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/rdb/writer.h"
#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

std::string dump(unsigned version = 11) {
  std::string bytes;
  RdbWriter out(bytes);
  out.header(version);
  out.aux("redis-ver", "7.2.6");
  out.select_db(0);
  for (int i = 0; i < 50; ++i) {
    out.expire_ms(i);
    out.key(0, "key:" + std::to_string(i));
    out.string(std::string(static_cast<size_t>(i) * 10, 'x'));
  }
  EXPECT_TRUE(out.finish());
  return bytes;
}

struct Cut {
  std::string bytes;  // all frames, one after the other
  uint64_t frames = 0;
  CutSummary summary;
};

Cut cut(const std::string& data, uint64_t frame_bytes, bool as_stream) {
  const test::TempDir dir;
  const std::string path = dir.write("dump", as_stream ? test::zstd(data) : data);
  Result<Input> input = open_input(path);
  EXPECT_TRUE(input);
  FrameCutter cutter(*input, frame_bytes);
  EXPECT_TRUE(cutter.open(Limits()).value());
  Cut result;
  for (;;) {
    const std::optional<Frame> frame = cutter.next().value();
    if (!frame) break;
    EXPECT_EQ(frame->offset, result.bytes.size()) << "no gap and no overlap";
    EXPECT_FALSE(frame->bytes.empty());
    result.bytes += frame->bytes;
    ++result.frames;
  }
  EXPECT_FALSE(cutter.next().value()) << "nothing follows the last";
  result.summary = cutter.summary();
  return result;
}

TEST(FrameCutterTest, FramesCoverWhatTheChecksumCovers) {
  const std::string data = dump();
  for (const bool as_stream : {false, true}) {
    for (const uint64_t frame_bytes : {1u, 17u, 1000u, 1u << 20}) {
      const Cut result = cut(data, frame_bytes, as_stream);
      EXPECT_EQ(result.bytes, data.substr(0, data.size() - 8));
      EXPECT_EQ(result.summary.total_bytes, data.size());
      EXPECT_EQ(result.summary.stored_checksum, load_le<uint64_t>(data.data() + data.size() - 8));
      EXPECT_TRUE(result.summary.findings.empty());
    }
  }
  EXPECT_GE(cut(data, 1, false).frames, 52u);
  EXPECT_EQ(cut(data, 1 << 20, false).frames, 2u) << "the header and all records";
}

TEST(FrameCutterTest, OldVersionsHaveNoFooter) {
  const Cut result = cut(dump(4), 100, false);
  EXPECT_FALSE(result.summary.stored_checksum);
  EXPECT_TRUE(result.summary.findings.empty());
}

TEST(FrameCutterTest, WhatFollowsTheFooterIsTold) {
  const std::string data = dump();
  for (const bool as_stream : {false, true}) {
    const Cut trailing = cut(data + "abc", 100, as_stream);
    ASSERT_EQ(trailing.summary.findings.size(), 1u);
    EXPECT_EQ(trailing.summary.findings[0].code, Code::kTrailingBytes);
    EXPECT_EQ(trailing.summary.findings[0].offset, data.size());
    EXPECT_EQ(trailing.summary.total_bytes, data.size() + 3);
    const Cut mark = cut(data + std::string(40, 'a'), 100, as_stream);
    ASSERT_EQ(mark.summary.findings.size(), 1u);
    EXPECT_EQ(mark.summary.findings[0].code, Code::kSyncEndMark);
  }
}

// The first part of an append-only file says so of itself.
TEST(FrameCutterTest, WhatATailLooksLikeIsTold) {
  const auto finding = [](const std::string& name, const std::string& tail) {
    std::string bytes;
    RdbWriter out(bytes);
    out.header(9);
    out.aux(name, "1");
    EXPECT_TRUE(out.finish());
    const Cut result = cut(bytes + tail, 100, false);
    EXPECT_EQ(result.summary.findings.size(), 1u);
    return result.summary.findings.at(0);
  };
  const std::string log = "*2\r\n$6\r\nSELECT\r\n";
  EXPECT_EQ(finding("aof-preamble", log).code, Code::kAppendedLog);
  EXPECT_EQ(finding("aof-base", "#TS:1700000000\r\n").code, Code::kAppendedLog);
  EXPECT_EQ(finding("aof-preamble", "*x").code, Code::kTrailingBytes);
  EXPECT_EQ(finding("redis-bits", log).code, Code::kTrailingBytes);
  EXPECT_EQ(finding("redis-bits", log).detail, "16 bytes, which begin like an append-only log");
  EXPECT_EQ(finding("aof-preamble", dump()).code, Code::kTrailingBytes);
  EXPECT_NE(finding("aof-preamble", dump()).detail.find("another RDB file"), std::string::npos);
  EXPECT_NE(finding("name", "VALKEY080").detail.find("another RDB file"), std::string::npos);
  EXPECT_EQ(finding("name", "garbage").detail, "7 bytes");
}

TEST(FrameCutterTest, ACutFooterIsTold) {
  const std::string data = dump();
  for (size_t missing = 1; missing <= 8; ++missing) {
    const Cut result = cut(data.substr(0, data.size() - missing), 100, false);
    ASSERT_EQ(result.summary.findings.size(), 1u);
    EXPECT_EQ(result.summary.findings[0].code, Code::kMissingFooter);
    EXPECT_EQ(result.summary.total_bytes, data.size() - missing);
  }
  const Cut no_end = cut(data.substr(0, data.size() - 9), 100, false);
  ASSERT_EQ(no_end.summary.findings.size(), 1u);
  EXPECT_EQ(no_end.summary.findings[0].code, Code::kMissingEnd);
}

}  // namespace
}  // namespace rdbproof
