// Guessed boundaries and slices change nothing about a report, whatever the file holds.
#include <gtest/gtest.h>

#include <bit>
#include <string>

#include "engine/encoding/listpack_writer.h"
#include "engine/rdb/writer.h"
#include "engine/report/verify_report.h"
#include "engine/verify/verify.h"
#include "tests/unit/io/io_test_util.h"
#include "tests/unit/verify/dumps.h"

namespace rdbproof {
namespace {

using test::dump_of;
using test::kNow;

class File {
 public:
  explicit File(const std::string& bytes) : path_(dir_.write("dump", bytes)) {}

  SourceReport verify(unsigned threads, uint64_t frame_bytes) const {
    VerifyOptions options;
    options.now_ms = kNow;
    options.threads = threads;
    options.frame_bytes = frame_bytes;
    SourceReport report = verify_source(path_, options);
    EXPECT_FALSE(report.error) << report.error->message;
    return report;
  }

  // Everything that is said of the file, but for what depends on the run.
  static std::string text(SourceReport report) {
    report.seconds = 0;
    RunReport run{VerifyOptions()};
    run.add(std::move(report));
    return render_json(run);
  }

 private:
  test::TempDir dir_;
  std::string path_;
};

void expect_same(const std::string& bytes, unsigned threads, uint64_t frame_bytes) {
  const File file(bytes);
  EXPECT_EQ(File::text(file.verify(threads, frame_bytes)),
            File::text(file.verify(1, uint64_t{1} << 30)))
      << threads << " threads, chunks of " << frame_bytes;
}

// Forty records that are not there: a string holds them.
std::string decoy() {
  std::string records;
  RdbWriter out(records);
  for (int i = 0; i < 40; ++i) {
    out.key(0, "decoy" + std::to_string(i));
    out.string("value");
  }
  return records;
}

std::string dump_with_decoys() {
  return dump_of([](RdbWriter& out) {
    out.select_db(0);
    for (int i = 0; i < 60; ++i) {
      out.key(0, "k" + std::to_string(i));
      out.string(std::string(static_cast<size_t>(i), 'x') + decoy());
    }
  });
}

TEST(ChunksTest, DecoysAreFoundOut) {
  const std::string bytes = dump_with_decoys();
  for (const uint64_t chunk : {40, 333, 5000}) expect_same(bytes, 3, chunk);
  const SourceReport report = File(bytes).verify(3, 333);
  EXPECT_EQ(report.contents.keyspace.databases().at(0).keys(), 60u);
}

TEST(ChunksTest, SeamsMeetWhereRecordsAreShort) {
  const std::string bytes = dump_of([](RdbWriter& out) {
    out.select_db(0);
    for (int i = 0; i < 20000; ++i) {
      if (i % 3 == 0) out.expire_ms(kNow + i);
      test::add_key(out, "key:" + std::to_string(i));
    }
  });
  expect_same(bytes, 3, 4096);
  const SourceReport report = File(bytes).verify(3, 4096);
  EXPECT_EQ(report.seams.chunks, (bytes.size() - 9 + 4095) / 4096);
  // The last chunks hold too few records to believe in.
  EXPECT_LE(report.seams.unmet, 2u);
}

TEST(ChunksTest, DamageIsToldTheSame) {
  std::string bytes = dump_with_decoys();
  bytes[bytes.size() / 2] = '\x7F';
  bytes[bytes.size() / 3] ^= 0x40;
  for (const uint64_t chunk : {40, 333, 5000}) {
    expect_same(bytes, 3, chunk);
    expect_same(bytes.substr(0, bytes.size() * 2 / 3), 3, chunk);
  }
}

constexpr uint64_t kMany = 300'000;

template <class AddElement>
std::string giant(uint8_t type, uint64_t count, const AddElement& add_element) {
  return dump_of([&](RdbWriter& out) {
    out.select_db(0);
    test::add_key(out, "before");
    out.key(type, "giant");
    out.length(count);
    for (uint64_t i = 0; i < count; ++i) add_element(out, i);
    test::add_key(out, "behind");
  });
}

void add_text(RdbWriter& out, uint64_t number) {
  out.string("element" + std::to_string(number));
}
void add_field(RdbWriter& out, uint64_t number) {
  add_text(out, number);
  out.string(std::to_string(number % 1000));
}
void add_scored(RdbWriter& out, uint64_t number) {
  add_text(out, number);
  out.double_le(static_cast<double>(number) / 7);
}

TEST(SlicesTest, AreTheSameAsOnePiece) {
  expect_same(giant(1, kMany, add_text), 3, uint64_t{1} << 20);
  expect_same(giant(2, kMany, add_text), 3, uint64_t{1} << 20);
  expect_same(giant(4, kMany, add_field), 3, uint64_t{1} << 20);
  expect_same(giant(5, kMany, add_scored), 3, uint64_t{1} << 20);
}

TEST(SlicesTest, OfNodesAreTheSameAsOnePiece) {
  const std::string bytes = giant(18, 3000, [](RdbWriter& out, uint64_t number) {
    ListpackWriter node;
    for (uint64_t i = 0; i < 30; ++i) node.append_integer(static_cast<int64_t>(number * 100 + i));
    out.length(2);
    out.string(node.finish());
  });
  expect_same(bytes, 3, uint64_t{1} << 20);
}

TEST(SlicesTest, TheOrderOfAListCounts) {
  const auto content = [](uint64_t swapped) {
    const File file(giant(1, kMany, [&](RdbWriter& out, uint64_t number) {
      const bool is_one = number == swapped || number == swapped + 1;
      add_text(out, is_one ? 2 * swapped + 1 - number : number);
    }));
    return file.verify(3, uint64_t{1} << 20).contents.fingerprint(false).content;
  };
  EXPECT_NE(content(100), content(kMany));
  EXPECT_NE(content(8191), content(kMany)) << "of two slices";
}

TEST(SlicesTest, AMemberInTwoSlicesIsFound) {
  const std::string bytes = giant(2, kMany, [](RdbWriter& out, uint64_t number) {
    add_text(out, number == kMany - 1 ? 5 : number);
  });
  expect_same(bytes, 3, uint64_t{1} << 20);
  const SourceReport report = File(bytes).verify(3, uint64_t{1} << 20);
  ASSERT_EQ(report.log.total(), 1u);
  EXPECT_EQ(report.log.findings()[0].code, Code::kDuplicateMember);
  EXPECT_EQ(report.log.findings()[0].key, "giant");
}

TEST(SlicesTest, WhatIsNotSoundIsToldTheSame) {
  const std::string not_a_number = giant(5, kMany, [](RdbWriter& out, uint64_t number) {
    add_text(out, number);
    out.double_le(number == 200'000 ? std::bit_cast<double>(uint64_t{0x7FF8} << 48) : 1);
  });
  expect_same(not_a_number, 3, uint64_t{1} << 20);
  EXPECT_EQ(File(not_a_number).verify(3, uint64_t{1} << 20).log.findings()[0].path,
            "member 200000");
  const std::string bytes = giant(4, kMany, add_field);
  expect_same(bytes.substr(0, bytes.size() / 2), 3, uint64_t{1} << 20);
}

}  // namespace
}  // namespace rdbproof
