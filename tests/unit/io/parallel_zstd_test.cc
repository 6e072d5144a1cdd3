#include "engine/io/parallel_zstd.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "engine/io/decompress.h"
#include "engine/io/zstd_cutter.h"
#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

using test::drain;
using test::Drained;
using test::MemoryStream;
using test::sample;

constexpr uint64_t kMemoryBytes = uint64_t{1} << 27;
constexpr unsigned kThreads = 3;
constexpr uint32_t kSeeds = 300;

std::unique_ptr<ByteStream> open_parallel(const std::string& compressed,
                                          size_t piece = ~size_t{0}) {
  return decompress_zstd_parallel(std::make_unique<MemoryStream>(compressed, piece), nullptr,
                                  kMemoryBytes, kThreads)
      .value();
}

// What the parallel way gives, after it was compared with what the serial way gives.
Drained decode(const std::string& compressed, size_t piece = ~size_t{0},
               size_t capacity = 1 << 16) {
  const auto serial =
      decompress_zstd(std::make_unique<MemoryStream>(compressed), Frames::kMany, kMemoryBytes)
          .value();
  const Drained expected = drain(*serial, capacity);
  const auto parallel = open_parallel(compressed, piece);
  Drained out = drain(*parallel, capacity);
  EXPECT_TRUE(out.data == expected.data) << out.data.size() << '/' << expected.data.size();
  EXPECT_EQ(out.damage, expected.damage);
  EXPECT_EQ(out.detail, expected.detail);
  EXPECT_EQ(out.offset, expected.offset);
  EXPECT_EQ(out.error, expected.error) << out.message;
  if (out.damage == Code::kNone) {
    EXPECT_EQ(parallel->bytes_in(), compressed.size());
  }
  return out;
}

// The size is not in the header, as in what pzstd writes.
std::string unsized(Bytes data) {
  return test::zstd(data, true, 20);
}

// Small, but of several tasks: they end where much was cut or much is claimed.
struct SmallFile {
  std::string compressed;
  std::vector<size_t> frame_ends;

  void add(const std::string& frame) {
    compressed += frame;
    frame_ends.push_back(compressed.size());
  }
};

SmallFile small_file() {
  SmallFile file;
  for (uint32_t i = 0; i < 3; ++i) {
    file.add(test::zstd(sample(30, i)));
    file.add(unsized(test::noise(kZstdGroupBytes / 2, i)));
    file.add(test::skippable(9));
    file.add(test::zstd(test::noise(kZstdGroupBytes / 2, i) + std::string(1 << 20, 'x')));
    file.add(test::zstd(""));
  }
  file.add(unsized(sample(300)));
  return file;
}

// Every place near an end of a frame, and some in between.
std::vector<size_t> places(const SmallFile& file) {
  std::vector<size_t> places;
  for (size_t place = 0; place < file.compressed.size(); ++place) {
    const auto is_near = [&](size_t end) { return place + 25 >= end && place < end + 25; };
    if (place < 25 || place % 997 == 0 || std::ranges::any_of(file.frame_ends, is_near)) {
      places.push_back(place);
    }
  }
  return places;
}

TEST(ParallelZstdTest, GivesManyFramesInOrder) {
  std::string compressed;
  std::string data;
  for (uint32_t i = 0; i < 40; ++i) {
    const std::string part = test::noise(1000 * i, i) + sample(300000, i);
    data += part;
    compressed += i % 3 == 0 ? unsized(part) : test::zstd(part, i % 2 == 0);
  }
  for (const size_t piece : {size_t{1000}, ~size_t{0}}) {
    const Drained out = decode(compressed, piece);
    EXPECT_EQ(out.damage, Code::kNone) << out.detail;
    EXPECT_TRUE(out.data == data);
  }
}

TEST(ParallelZstdTest, GivesTinyFrames) {
  std::string compressed;
  for (size_t i = 0; i < 50000; ++i) compressed += test::zstd(Bytes("abc").substr(0, i % 4));
  EXPECT_EQ(decode(compressed).data.size(), 75000U);
}

TEST(ParallelZstdTest, StreamsWhatIsTooLarge) {
  const std::string zeros(ZstdCutter::kMaxClaimedBytes + 1, '\0');
  const std::string small = test::zstd(test::noise(100000));
  const std::string noise = test::noise(ZstdCutter::kMaxCompressedBytes + 1);
  const std::string wide = test::zstd(sample(100), true, 24);
  for (const std::string& frame :
       {test::zstd(zeros), unsized(zeros), test::zstd(noise), unsized(noise), wide,
        test::skippable(ZstdCutter::kMaxCompressedBytes)}) {
    const Drained out = decode(small + frame + small + frame + small);
    EXPECT_EQ(out.damage, Code::kNone) << out.detail;
    EXPECT_EQ(decode(frame + small + "garbage").damage, Code::kBadEnvelope);
  }
}

// More than was expected of frames that do not tell their size, again and again.
TEST(ParallelZstdTest, LearnsHowLargeFramesAre) {
  std::string compressed;
  for (int i = 0; i < 6; ++i) {
    compressed += unsized(test::noise(100000) + std::string(size_t{20} << 20, 'a'));
  }
  EXPECT_EQ(decode(compressed, ~size_t{0}, 1 << 20).damage, Code::kNone);
}

TEST(ParallelZstdTest, TheSizeIsAClaim) {
  const std::string good = test::zstd(test::noise(70000));
  for (const int change : {1, 0x70}) {
    for (size_t byte = 5; byte < 9; ++byte) {  // of the size
      std::string bad = good;
      bad[byte] = static_cast<char>(bad[byte] + change);
      const Drained out = decode(good + bad + good);
      EXPECT_NE(out.damage, Code::kNone) << byte;
    }
  }
}

TEST(ParallelZstdTest, RefusesWindowsAsTheSerialWay) {
  const std::string wide = test::zstd(sample(100), true, 28);
  EXPECT_EQ(decode(test::zstd("abc") + wide).damage, Code::kForeignFormat);
  EXPECT_EQ(decode(wide).damage, Code::kForeignFormat);
}

TEST(ParallelZstdTest, SmallFilesAreOfSeveralTasks) {
  const SmallFile file = small_file();
  EXPECT_EQ(decode(file.compressed).damage, Code::kNone);
  ZstdCutter cutter(std::make_unique<MemoryStream>(file.compressed));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(cutter.next());
}

TEST(ParallelZstdTest, CutAnywhere) {
  const SmallFile file = small_file();
  for (const size_t cut : places(file)) {
    SCOPED_TRACE(cut);
    decode(file.compressed.substr(0, cut), cut % 2 == 0 ? 777 : ~size_t{0}, size_t{1} << 20);
  }
}

TEST(ParallelZstdTest, ByteFlippedAnywhere) {
  const SmallFile file = small_file();
  for (const size_t place : places(file)) {
    SCOPED_TRACE(place);
    std::string bad = file.compressed;
    bad[place] = static_cast<char>(bad[place] ^ (1 << (place * 5 % 8)));
    decode(bad, ~size_t{0}, size_t{1} << 20);
  }
}

// All of it is left to the stream.
TEST(ParallelZstdTest, TinyFileCutAtEveryByte) {
  const std::string compressed = test::zstd("abc") + test::skippable(2) + unsized(sample(200));
  for (size_t cut = 0; cut <= compressed.size(); ++cut) {
    SCOPED_TRACE(cut);
    decode(compressed.substr(0, cut), 7);
  }
}

TEST(ParallelZstdTest, NothingGarbageAndSkippableFrames) {
  const std::string frame = test::zstd("abc");
  for (const std::string& compressed :
       {std::string(), std::string("REDIS0011"), std::string("\x28\xB5"), test::skippable(0),
        test::skippable(5), test::skippable(5).substr(0, 6), test::skippable(5).substr(0, 10),
        frame + "x", frame + std::string(100, '\0'), frame + test::skippable(9),
        frame + test::skippable(9).substr(0, 12), frame + test::lz4("abc")}) {
    decode(compressed);
    decode(compressed, 1, 1);
  }
}

// Frames of any kind and of sizes from 0, split at random, some of them damaged.
TEST(ParallelZstdTest, RandomFramesAndDamage) {
  for (uint32_t seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    std::string compressed;
    std::string data;
    for (size_t frames = random() % 40; frames > 0; --frames) {
      const size_t size = random() % (size_t{1} << random() % 19);
      const std::string part = random() % 2 == 0 ? test::noise(size, seed) : sample(size, seed);
      const uint32_t kind = random() % 4;
      if (kind == 0) compressed += test::skippable(size);
      if (kind == 1) compressed += unsized(part);
      if (kind >= 2) compressed += test::zstd(part, kind == 2);
      if (kind != 0) data += part;
    }
    if (compressed.empty()) continue;
    const uint32_t damage = random() % 4;
    const size_t at = random() % compressed.size();
    if (damage == 1) compressed.resize(at);
    if (damage == 2) compressed[at] = static_cast<char>(random());
    if (damage == 3) compressed.insert(at, test::noise(random() % 9, seed));
    const Drained out = decode(compressed, 1 + random() % 100000, 1 + random() % 100000);
    if (damage == 0) {
      EXPECT_EQ(out.damage, Code::kNone) << out.detail;
      EXPECT_TRUE(out.data == data);
    }
  }
}

// Gives `data`, then fails.
class BrokenStream final : public ByteStream {
 public:
  explicit BrokenStream(std::string data) : data_(std::move(data)) {}
  Result<size_t> read(char* into, size_t capacity) override {
    TRY(const size_t got, data_.read(into, capacity));
    if (got == 0) return fail("broken");
    return got;
  }
  uint64_t bytes_in() const override { return data_.bytes_in(); }

 private:
  MemoryStream data_;
};

TEST(ParallelZstdTest, ReadErrorsFollowTheBytesBeforeThem) {
  const std::string frame = test::zstd(test::noise(400000));
  for (const size_t cut : {size_t{0}, size_t{3}, frame.size() - 1, frame.size()}) {
    const std::string compressed = frame + frame + frame.substr(0, cut);
    const auto serial =
        decompress_zstd(std::make_unique<BrokenStream>(compressed), Frames::kMany, kMemoryBytes)
            .value();
    const auto parallel = decompress_zstd_parallel(std::make_unique<BrokenStream>(compressed),
                                                   nullptr, kMemoryBytes, kThreads)
                              .value();
    const Drained expected = drain(*serial);
    const Drained out = drain(*parallel);
    EXPECT_TRUE(out.error);
    EXPECT_EQ(out.message, "broken");
    EXPECT_TRUE(out.data == expected.data) << cut;
  }
}

TEST(ParallelZstdTest, MayBeLeftEarly) {
  std::string compressed;
  for (uint32_t i = 0; i < 20; ++i) compressed += test::zstd(sample(1 << 20, i));
  for (size_t bytes = 1; bytes < 4000000; bytes *= 3) {
    const auto stream = open_parallel(compressed);
    std::string into(bytes, '\0');
    EXPECT_EQ(read_fully(*stream, into.data(), bytes).value(), bytes);
    EXPECT_LE(stream->bytes_in(), compressed.size());
  }
}

std::string bytes_of(const ZstdFrames& frames) {
  return {frames.compressed.data(), frames.compressed.size()};
}

TEST(ZstdCutterTest, CutsBetweenGroups) {
  const std::string large = test::zstd(test::noise(1 << 20));
  const std::string half = test::zstd(test::noise(kZstdGroupBytes / 2));
  const std::string small = test::zstd("abc");
  for (const size_t piece : {1000, 1 << 20}) {
    ZstdCutter cutter(
        std::make_unique<MemoryStream>(large + small + half + half + small + "rest", piece));
    EXPECT_TRUE(bytes_of(*cutter.next()) == large);
    const auto group = cutter.next();
    EXPECT_TRUE(bytes_of(*group) == small + half + half);
    EXPECT_EQ(group->claimed_bytes, 3 + kZstdGroupBytes);
    EXPECT_FALSE(group->has_unknown_size);
    EXPECT_FALSE(cutter.next());
    EXPECT_FALSE(cutter.next());
    EXPECT_EQ(drain(cutter).data, small + "rest");
  }
}

TEST(ZstdCutterTest, TellsWhichSizesAreUnknown) {
  const std::string frame = unsized(test::noise(kZstdGroupBytes));
  ZstdCutter cutter(std::make_unique<MemoryStream>(frame));
  const auto frames = cutter.next();
  EXPECT_TRUE(bytes_of(*frames) == frame);
  EXPECT_EQ(frames->claimed_bytes, 0U);
  EXPECT_TRUE(frames->has_unknown_size);
}

// Otherwise a hostile size or window would be a task's, whose memory is not bounded by it.
TEST(ZstdCutterTest, DoesNotCutWhatIsTooLarge) {
  for (const std::string& frame : {test::zstd(std::string(ZstdCutter::kMaxClaimedBytes + 1, '\0')),
                                   test::zstd("abc", true, 24), test::noise(100)}) {
    ZstdCutter cutter(std::make_unique<MemoryStream>(frame));
    EXPECT_FALSE(cutter.next());
    EXPECT_TRUE(drain(cutter).data == frame);
  }
}

}  // namespace
}  // namespace rdbproof
