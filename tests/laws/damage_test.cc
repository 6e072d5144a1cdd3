// No damage goes unseen: any truncation and any change of a byte is told.
#include <gtest/gtest.h>

#include <string>

#include "tests/laws/corpus_files.h"
#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

constexpr const char* kTruncated[] = {
    "2.4.18/micro.rdb",        "2.6.17/micro.rdb",       "5.0.14/micro.rdb",
    "6.2.16/micro.rdb",        "7.4.1/micro.rdb",        "8.4.0/micro.rdb",
    "redis-8.8-dev/micro.rdb", "valkey-9-dev/micro.rdb", "keydb-6.3.4/micro.rdb",
};

// Those with a checksum: every version since 2.6.
constexpr const char* kChecksummed[] = {
    "2.6.17/micro.rdb",        "2.8.24/micro.rdb",       "3.0.7/micro.rdb",
    "3.2.13/micro.rdb",        "4.0.14/micro.rdb",       "5.0.14/micro.rdb",
    "6.2.16/micro.rdb",        "7.0.15/micro.rdb",       "7.2.6/micro.rdb",
    "7.4.1/micro.rdb",         "8.4.0/micro.rdb",        "redis-head/micro.rdb",
    "redis-8.8-dev/micro.rdb", "valkey-8.0.1/micro.rdb", "valkey-9-dev/micro.rdb",
    "keydb-6.3.4/micro.rdb",
};

// A file that is written anew again and again.
class ScratchFile {
 public:
  SourceReport verify(Bytes data, uint64_t frame_bytes) {
    const std::string path = dir_.write("dump", data);
    VerifyOptions options = test::law_options();
    options.frame_bytes = frame_bytes;
    return verify_source(path, options);
  }

 private:
  test::TempDir dir_;
};

std::string describe(const SourceReport& report) {
  std::string text(verdict_name(report.verdict));
  if (report.error) text += ", error " + report.error->message;
  for (const Finding& finding : report.log.findings()) {
    text +=
        ", " + std::string(kind_of(finding.code).slug) + " at " + std::to_string(finding.offset);
  }
  return text;
}

TEST(DamageLaw, EveryTruncationIsDamageWithinTheFile) {
  ScratchFile file;
  for (const char* name : kTruncated) {
    const std::string whole = test::read_file(test::corpus_dump(name));
    ASSERT_FALSE(file.verify(whole, 4096).error);
    ASSERT_LE(file.verify(whole, 4096).verdict, Verdict::kReservations) << name;
    for (size_t length = 0; length < whole.size(); ++length) {
      const SourceReport report =
          file.verify(Bytes(whole).substr(0, length), length % 2 == 0 ? 1 : 4096);
      ASSERT_FALSE(report.error) << name << " cut to " << length;
      ASSERT_EQ(report.verdict, Verdict::kDamaged) << name << " cut to " << length;
      ASSERT_EQ(report.bytes, length) << name;
      for (const Finding& finding : report.log.findings()) {
        ASSERT_LE(finding.offset, length) << name << ": " << describe(report);
      }
    }
  }
}

// A footer of zeros says that there is no checksum, so it needs eight bytes that change at once.
// Single bits are the business of tests/differential/flips_test.py.
TEST(DamageLaw, EveryChangedByteIsTold) {
  ScratchFile file;
  for (const char* name : kChecksummed) {
    const std::string whole = test::read_file(test::corpus_dump(name));
    ASSERT_EQ(file.verify(whole, 4096).checksum.status, ChecksumStatus::kMatch) << name;
    for (size_t i = 0; i < whole.size(); ++i) {
      std::string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ 0xff);
      const SourceReport report = file.verify(changed, i % 2 == 0 ? 1 : 4096);
      EXPECT_TRUE(report.error || report.verdict > Verdict::kReservations)
          << name << ", byte " << i << ": " << describe(report);
    }
  }
}

TEST(DamageLaw, EverythingAppendedIsTold) {
  ScratchFile file;
  for (const char* name : kTruncated) {
    const std::string whole = test::read_file(test::corpus_dump(name));
    for (const std::string& tail : {std::string(1, '\0'), std::string("\n"), std::string(39, 'a'),
                                    std::string(40, 'z'), std::string(41, 'a'), whole}) {
      const SourceReport report = file.verify(whole + tail, 4096);
      EXPECT_EQ(report.verdict, Verdict::kDamaged) << name << ": " << describe(report);
      EXPECT_EQ(report.log.count(Code::kTrailingBytes), 1u) << name << ": " << describe(report);
    }
    const SourceReport synced = file.verify(whole + std::string(40, 'f'), 4096);
    EXPECT_EQ(synced.log.count(Code::kSyncEndMark), 1u) << name << ": " << describe(synced);
    EXPECT_LE(synced.verdict, Verdict::kReservations) << name;
  }
}

}  // namespace
}  // namespace rdbproof
