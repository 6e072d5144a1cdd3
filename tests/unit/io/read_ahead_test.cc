#include "engine/io/read_ahead.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <new>
#include <string>
#include <thread>

#include "engine/io/input.h"
#include "tests/unit/io/io_test_util.h"
#include "tests/unit/io/standard_input.h"

namespace rdbproof {
namespace {

using test::drain;
using test::Drained;
using test::MemoryStream;
using test::sample;
using test::StandardInput;
using test::TempDir;

TEST(ReadAheadTest, GivesTheBytesOfItsSource) {
  for (const size_t size : {0, 1, 1000, 262143, 262144, 262145, 20000000}) {
    for (const size_t piece : {size_t{977}, size_t{262144}, ~size_t{0}}) {
      ReadAheadStream stream(std::make_unique<MemoryStream>(sample(size), piece), nullptr);
      EXPECT_TRUE(drain(stream, 65537).data == sample(size)) << size << '/' << piece;
      EXPECT_EQ(stream.bytes_in(), size);
    }
  }
}

TEST(ReadAheadTest, CountsWhatWasGivenNotWhatWasRead) {
  ReadAheadStream stream(std::make_unique<MemoryStream>(sample(20000000)), nullptr);
  EXPECT_EQ(stream.bytes_in(), 0U);
  uint64_t given = 0;
  uint64_t before = 0;
  std::string into(100000, '\0');
  while (const size_t got = stream.read(into.data(), into.size()).value()) {
    given += got;
    EXPECT_GE(stream.bytes_in(), std::max(given, before));
    EXPECT_LE(stream.bytes_in(), given + (1 << 18));
    before = stream.bytes_in();
  }
}

TEST(ReadAheadTest, GivesWhatCameBeforeAnError) {
  for (const size_t good : {0, 1, 262144, 1000000, 9000000}) {
    ReadAheadStream stream(std::make_unique<test::FailingStream>(good), nullptr);
    const Drained out = drain(stream);
    EXPECT_EQ(out.data.size(), good);
    EXPECT_EQ(out.message, "broken");
  }
}

class ThrowingStream final : public ByteStream {
 public:
  Result<size_t> read(char* into, size_t) override {
    if (given_++ == 1000) throw std::bad_alloc();
    *into = 'a';
    return size_t{1};
  }
  uint64_t bytes_in() const override { return given_; }

 private:
  uint64_t given_ = 0;
};

TEST(ReadAheadTest, ThrowsWhatItsSourceThrows) {
  ReadAheadStream stream(std::make_unique<ThrowingStream>(), nullptr);
  std::string into(2000, '\0');
  EXPECT_EQ(stream.read(into.data(), into.size()).value(), 1000U);
  EXPECT_THROW((void)stream.read(into.data(), into.size()), std::bad_alloc);
}

TEST(ReadAheadTest, TellsTheDamageAtTheEnd) {
  Finding damage;
  damage.code = Code::kTruncated;
  ReadAheadStream stream(std::make_unique<UnreadableStream>(damage), nullptr);
  EXPECT_FALSE(stream.damage());
  EXPECT_EQ(drain(stream).damage, Code::kTruncated);
}

TEST(ReadAheadTest, MayBeLeftEarly) {
  for (size_t bytes = 0; bytes < 9000000; bytes = 3 * bytes + 1) {
    ReadAheadStream stream(std::make_unique<MemoryStream>(sample(10000000), 5000), nullptr);
    std::string into(bytes, '\0');
    EXPECT_EQ(read_fully(stream, into.data(), bytes).value(), bytes);
  }
}

// The writer never closes its end: leaving must not wait for it.
TEST(ReadAheadTest, LeavesAPipeThatGivesNothing) {
  for (const std::string& whole : {test::lz4("REDIS0011"), test::zstd("REDIS0011")}) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const auto front = static_cast<ssize_t>(whole.size() - 1);
    ASSERT_EQ(::write(ends[1], whole.data(), whole.size() - 1), front);
    {
      const StandardInput standard_input(ends[0]);
      const Input input = open_input("-", kStreamMemoryBytes, 2).value();
      ASSERT_TRUE(input.stream);
    }
    ::close(ends[1]);
  }
}

// The same after frames that are too large for tasks.
TEST(ReadAheadTest, LeavesTheRestOfAZstdPipe) {
  const std::string plain = test::noise(400000) + std::string(40 << 20, 'a');
  const std::string frame = test::zstd(plain);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::thread writer([&] {
    EXPECT_EQ(::write(ends[1], frame.data(), frame.size()), static_cast<ssize_t>(frame.size()));
  });
  {
    const StandardInput standard_input(ends[0]);
    const Input input = open_input("-", kStreamMemoryBytes, 3).value();
    std::string into(plain.size() / 2, '\0');
    EXPECT_EQ(read_fully(*input.stream, into.data(), into.size()).value(), into.size());
    writer.join();
  }
  ::close(ends[1]);
}

// On any number of threads.
TEST(ReadAheadTest, InputsAreTheSameOnSeveralThreads) {
  const TempDir dir;
  const std::string data = "REDIS0011" + sample(3000000);
  const std::string zstd = test::zstd(data);
  for (const std::string& bytes :
       {zstd, zstd + zstd, zstd + "x", zstd.substr(0, 100000), test::lz4(data), test::gzip(data),
        test::gzip(data).substr(0, 100000), std::string("VCS\x01\x02\0\x01", 7) + zstd}) {
    const std::string path = dir.write("dump", bytes);
    Input one = open_input(path).value();
    const Drained expected = drain(*one.stream);
    for (const unsigned threads : {2U, 3U, 9U}) {
      Input input = open_input(path, kStreamMemoryBytes, threads).value();
      const Drained out = drain(*input.stream);
      EXPECT_TRUE(out.data == expected.data);
      EXPECT_EQ(out.damage, expected.damage);
      EXPECT_EQ(out.detail, expected.detail);
      EXPECT_EQ(out.offset, expected.offset);
      EXPECT_EQ(input.stream->bytes_in(), one.stream->bytes_in());
    }
    test::Pipe pipe(bytes);
    const StandardInput standard_input(pipe.read_end);
    Input piped = open_input("-", kStreamMemoryBytes, 3).value();
    EXPECT_TRUE(drain(*piped.stream).data == expected.data);
    EXPECT_EQ(piped.stream->bytes_in(), one.stream->bytes_in());
  }
}

}  // namespace
}  // namespace rdbproof
