#include "engine/scan/chunk_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "engine/rdb/writer.h"
#include "engine/scan/frame_cutter.h"
#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

constexpr uint64_t kFirst = 9;  // behind the header

class ChunkReaderTest : public testing::Test {
 protected:
  template <class Fill>
  void write(const Fill& fill) {
    bytes_.clear();
    RdbWriter out(bytes_);
    out.header(11);
    fill(out);
    ASSERT_TRUE(out.finish());
    const test::TempDir dir;
    Result<Input> input = open_input(dir.write("dump", bytes_));
    ASSERT_TRUE(input);
    FrameCutter cutter(*input, 1000);
    ASSERT_TRUE(cutter.open(Limits()).value());
    file_ = cutter.file();
  }

  // Forty records in a string, behind one of 100 bytes.
  void write_decoy() {
    std::string records;
    RdbWriter inner(records);
    for (int i = 0; i < 40; ++i) {
      inner.key(0, "decoy" + std::to_string(i));
      inner.string("value");
    }
    write([&](RdbWriter& out) {
      out.key(0, "a");
      out.string(std::string(100, 'x') + records);
      out.key(0, "b");
      out.string("v");
    });
  }

  std::string bytes_;
  FileContext file_;
};

TEST_F(ChunkReaderTest, AWrongGuessIsFramedFromTheProvenBoundary) {
  write_decoy();
  ChunkReader reader(file_, bytes_, kFirst, 150);
  const Chunk first = *reader.next();
  const Chunk second = *reader.next();
  EXPECT_EQ(reader.guess(first)->place, kFirst) << "the first boundary is known";
  const uint64_t guessed = reader.guess(second)->place;
  EXPECT_EQ(guessed + reader.guess(second)->bytes.size(), second.end + 300)
      << "a wrong guess may cost two chunks more";
  const uint64_t end = bytes_.find(
                           "\x01"
                           "b") -
                       1;  // of the record with the decoy
  EXPECT_GE(guessed, second.begin);
  EXPECT_LT(guessed, end) << "a record in the string was believed";

  ChunkReader blind(file_, bytes_, kFirst, 150);
  EXPECT_FALSE(blind.meets(*blind.next(), ReadRun{kFirst, end, false, end}))
      << "what was out of sight may belong to the last key";
  EXPECT_TRUE(reader.meets(first, ReadRun{kFirst, end, false, bytes_.size()}));
  EXPECT_EQ(reader.proven(), end);
  EXPECT_FALSE(reader.meets(second, ReadRun{guessed, guessed + 20, false, bytes_.size()}));
  EXPECT_FALSE(reader.frame(second)) << "the record before goes on behind the chunk";
  while (const auto chunk = reader.next()) {
    EXPECT_FALSE(reader.meets(*chunk, std::nullopt));
    const std::optional<Frame> frame = reader.frame(*chunk);
    if (!frame) continue;
    EXPECT_EQ(frame->offset, end);
    EXPECT_EQ(frame->bytes, Bytes(bytes_).substr(end, bytes_.size() - 8 - end));
  }
  EXPECT_TRUE(reader.at_end());
  EXPECT_EQ(reader.proven(), bytes_.size() - 8);
  EXPECT_GE(reader.seams().unmet, 1u);
}

TEST_F(ChunkReaderTest, AGuessIsABoundaryWhereRecordsAreShort) {
  write([](RdbWriter& out) {
    for (int i = 0; i < 3000; ++i) {
      out.key(0, "key:" + std::to_string(1000 + i));
      out.string("value" + std::to_string(1000 + i));
    }
  });
  constexpr uint64_t kRecord = 1 + 1 + 8 + 1 + 9;
  ChunkReader reader(file_, bytes_, kFirst, 4096);
  while (const auto chunk = reader.next()) {
    const std::optional<Beginning> at = reader.guess(*chunk);
    if (!at) continue;  // the last ones, of too few records
    EXPECT_EQ((at->place - kFirst) % kRecord, 0u);
    EXPECT_LT(at->place, chunk->begin + kRecord);
  }
}

// KeyDB keeps expiries of members in AUX fields behind the key; their end may be out of sight.
TEST_F(ChunkReaderTest, AKeyIsNotBelievedToEndBeforeWhatMayBelongToIt) {
  uint64_t key_end = 0;
  write([&](RdbWriter& out) {
    out.key(2, "set");
    out.length(1);
    out.string("member");
    ASSERT_TRUE(bytes_.size() > kFirst);
    key_end = bytes_.size();
    out.aux("keydb-subexpire-key", "member");
    out.aux("keydb-subexpire-when", "1700000000000");
    out.key(0, "b");
    out.string("v");
  });
  const auto believes = [&](uint64_t bytes_end) {
    ChunkReader reader(file_, bytes_, kFirst, 8);
    return reader.meets(*reader.next(), ReadRun{kFirst, key_end, false, bytes_end});
  };
  EXPECT_FALSE(believes(key_end));
  EXPECT_FALSE(believes(key_end + 5));
  EXPECT_FALSE(believes(bytes_.size() - 20));
}

TEST_F(ChunkReaderTest, StopsWhereNothingCanBeFramed) {
  write_decoy();
  bytes_[kFirst] = '\x7F';
  ChunkReader reader(file_, bytes_, kFirst, 150);
  const Chunk first = *reader.next();
  EXPECT_FALSE(reader.meets(first, std::nullopt));
  EXPECT_FALSE(reader.frame(first));
  EXPECT_FALSE(reader.next()) << "what follows is for the exact framer";
  EXPECT_EQ(reader.proven(), kFirst);
  EXPECT_FALSE(reader.at_end());
}

}  // namespace
}  // namespace rdbproof
