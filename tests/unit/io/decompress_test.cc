#include "engine/io/decompress.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

using test::drain;
using test::Drained;
using test::MemoryStream;
using test::sample;

Result<std::unique_ptr<ByteStream>> unpack_zstd(std::unique_ptr<ByteStream> source, Frames frames) {
  return decompress_zstd(std::move(source), frames, uint64_t{1} << 27);
}

struct Format {
  const char* name;
  std::string (*compress)(Bytes data);
  Result<std::unique_ptr<ByteStream>> (*open)(std::unique_ptr<ByteStream>, Frames);
  bool skippable_frames;
};

void PrintTo(const Format& format, std::ostream* out) {
  *out << format.name;
}

class DecompressTest : public testing::TestWithParam<Format> {
 protected:
  static Drained decode(const std::string& compressed, size_t piece = ~size_t{0},
                        size_t capacity = 1 << 16, Frames frames = Frames::kMany) {
    auto stream =
        GetParam().open(std::make_unique<MemoryStream>(compressed, piece), frames).value();
    return drain(*stream, capacity);
  }
};

TEST_P(DecompressTest, RoundTripsEverySize) {
  for (const size_t size : {0, 1, 2, 3, 7, 100, 4095, 65536, 65537, 300000, 3000000}) {
    const std::string data = sample(size);
    const Drained out = decode(GetParam().compress(data));
    EXPECT_EQ(out.damage, Code::kNone) << size << out.detail;
    EXPECT_TRUE(out.data == data) << size;
  }
}

TEST_P(DecompressTest, RoundTripsIncompressibleData) {
  const std::string data = test::noise(1000000);
  const Drained out = decode(GetParam().compress(data));
  EXPECT_EQ(out.damage, Code::kNone) << out.detail;
  EXPECT_TRUE(out.data == data);
}

TEST_P(DecompressTest, DoesNotDependOnPieceSizes) {
  const std::string data = sample(100000);
  const std::string compressed = GetParam().compress(data);
  for (const size_t piece : {1, 2, 3, 7, 1000}) {
    for (const size_t capacity : {1, 5, 1000, 65536}) {
      const Drained out = decode(compressed, piece, capacity);
      EXPECT_EQ(out.damage, Code::kNone) << out.detail << piece << '/' << capacity;
      EXPECT_TRUE(out.data == data) << piece << '/' << capacity;
    }
  }
}

TEST_P(DecompressTest, ReadsConcatenatedFrames) {
  std::string compressed;
  std::string data;
  for (size_t i = 0; i < 200; ++i) {
    const std::string part = sample(i * i, static_cast<uint32_t>(i));
    data += part;
    compressed += GetParam().compress(part);
  }
  for (const size_t piece : {size_t{1}, size_t{13}, ~size_t{0}}) {
    const Drained out = decode(compressed, piece);
    EXPECT_EQ(out.damage, Code::kNone) << out.detail;
    EXPECT_TRUE(out.data == data);
  }
}

TEST_P(DecompressTest, RefusesASecondFrameWhereOneIsDue) {
  const std::string frame = GetParam().compress("abc");
  const Drained one = decode(frame, 1, 10, Frames::kOne);
  EXPECT_EQ(one.damage, Code::kNone);
  EXPECT_EQ(one.data, "abc");
  const Drained two = decode(frame + frame, 1, 10, Frames::kOne);
  EXPECT_EQ(two.damage, Code::kBadEnvelope);
  EXPECT_EQ(two.data, "abc");
}

TEST_P(DecompressTest, ReportsGarbageAfterTheLastFrame) {
  for (const std::string& tail : {std::string("x"), std::string("garbage and more"),
                                  std::string(1, '\0'), std::string(512, '\0')}) {
    const Drained out = decode(GetParam().compress("abc") + tail);
    EXPECT_EQ(out.damage, Code::kBadEnvelope);
    EXPECT_EQ(out.data, "abc");
    EXPECT_EQ(out.detail,
              std::string(GetParam().name) + ": bytes that are no frame follow the last frame");
  }
}

TEST_P(DecompressTest, ReportsACutAtEveryByte) {
  const std::string data = sample(3000) + sample(10, 9);
  const std::string compressed = GetParam().compress(data) + GetParam().compress("tail");
  const size_t boundary = GetParam().compress(data).size();
  for (size_t cut = 0; cut < compressed.size(); ++cut) {
    if (cut == boundary) continue;
    for (const size_t piece : {size_t{1}, ~size_t{0}}) {
      const Drained out = decode(compressed.substr(0, cut), piece);
      EXPECT_EQ(out.damage, Code::kTruncated) << cut << ' ' << out.detail;
      EXPECT_TRUE((data + "tail").starts_with(out.data)) << cut;
    }
  }
}

TEST_P(DecompressTest, SurvivesEveryFlippedBit) {
  const std::string data = sample(2000);
  const std::string compressed = GetParam().compress(data);
  size_t unnoticed = 0;
  for (size_t bit = 0; bit < compressed.size() * 8; ++bit) {
    std::string bad = compressed;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    const Drained out = decode(bad);
    if (out.damage == Code::kNone) {
      EXPECT_TRUE(out.data == data) << bit;
      ++unnoticed;
    }
  }
  // Bits that mean nothing, such as the time in a gzip header, or distances within runs of one
  // character.
  EXPECT_LT(unnoticed, 150U);
}

TEST_P(DecompressTest, SurvivesNoise) {
  const std::string header = GetParam().compress(sample(1000)).substr(0, 12);
  for (uint32_t seed = 0; seed < 3000; ++seed) {
    const std::string noise = test::noise(seed % 700, seed);
    const Drained out = decode(header.substr(0, seed % 13) + noise, 1 + seed % 64, 1 + seed % 999);
    EXPECT_LT(out.data.size(), 100000000U);
  }
}

TEST_P(DecompressTest, SurvivesNoiseInTheMiddle) {
  const std::string data = sample(60000);
  const std::string compressed = GetParam().compress(data);
  for (uint32_t seed = 0; seed < 500; ++seed) {
    std::string bad = compressed;
    const std::string noise = test::noise(1 + seed % 20, seed);
    bad.replace(12 + (seed * 7919) % (bad.size() - 40), noise.size(), noise);
    const Drained out = decode(bad, 1 + seed % 5000);
    EXPECT_TRUE(out.damage != Code::kNone || out.data == data) << seed;
  }
}

TEST_P(DecompressTest, NothingAtAllIsTruncated) {
  EXPECT_EQ(decode("").damage, Code::kTruncated);
}

TEST_P(DecompressTest, AnotherFormatIsDamage) {
  EXPECT_EQ(decode("REDIS0011").damage, Code::kBadEnvelope);
}

TEST_P(DecompressTest, GivesEverythingBeforeTheDamage) {
  std::string compressed = GetParam().compress(sample(1000000));
  compressed[compressed.size() * 3 / 4] ^= 0x55;
  const Drained out = decode(compressed, ~size_t{0}, 4 << 20);
  EXPECT_EQ(out.damage, Code::kBadEnvelope) << out.detail;
  EXPECT_GT(out.data.size(), 400000U);
}

// A stream is read in other pieces when that happens on a thread of its own.
TEST_P(DecompressTest, DamagedDataDoesNotDependOnTheRoomForIt) {
  const std::string compressed = GetParam().compress(sample(300000)) + GetParam().compress("tail");
  for (uint32_t seed = 0; seed < 200; ++seed) {
    std::string bad = compressed;
    const std::string noise = test::noise(1 + seed % 3, seed);
    bad.replace((seed * size_t{7919}) % (bad.size() - 3), noise.size(), noise);
    const Drained expected = decode(bad);
    for (const size_t capacity : {999, 70000, 262144, 1000000}) {
      const Drained out = decode(bad, ~size_t{0}, capacity);
      EXPECT_TRUE(out.data == expected.data) << seed << '/' << capacity;
      EXPECT_EQ(out.detail, expected.detail) << seed << '/' << capacity;
    }
  }
}

TEST_P(DecompressTest, PassesReadErrorsOn) {
  auto stream = GetParam().open(std::make_unique<test::FailingStream>(0), Frames::kMany).value();
  const Drained out = drain(*stream);
  EXPECT_TRUE(out.error);
  EXPECT_EQ(out.message, "broken");
}

TEST_P(DecompressTest, SkippableFramesAreSkipped) {
  if (!GetParam().skippable_frames) GTEST_SKIP();
  const std::string frame = GetParam().compress("abc");
  const std::string all =
      test::skippable(0) + frame + test::skippable(300000) + frame + test::skippable(5);
  for (const size_t piece : {size_t{1}, ~size_t{0}}) {
    const Drained out = decode(all, piece);
    EXPECT_EQ(out.damage, Code::kNone) << out.detail;
    EXPECT_EQ(out.data, "abcabc");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Formats, DecompressTest,
    testing::Values(Format{"zstd", [](Bytes d) { return test::zstd(d); }, unpack_zstd, true},
                    Format{"lz4", [](Bytes d) { return test::lz4(d); }, decompress_lz4, true},
                    Format{"gzip", [](Bytes d) { return test::gzip(d); }, decompress_gzip, false}),
    [](const auto& format) { return std::string(format.param.name); });

TEST(DecompressZstdTest, RefusesHugeWindows) {
  const auto decode = [](int window_log, uint64_t max_window_bytes) {
    auto source = std::make_unique<MemoryStream>(test::zstd("abc", true, window_log));
    auto stream = decompress_zstd(std::move(source), Frames::kMany, max_window_bytes).value();
    return drain(*stream);
  };
  EXPECT_EQ(decode(27, uint64_t{1} << 40).data, "abc");
  EXPECT_EQ(decode(25, uint64_t{1} << 25).data, "abc");
  EXPECT_EQ(decode(26, (uint64_t{1} << 26) - 1).damage, Code::kForeignFormat);
  EXPECT_EQ(decode(23, 0).data, "abc") << "what zstd writes unasked";
  const Drained out = decode(28, uint64_t{1} << 40);
  EXPECT_EQ(out.damage, Code::kForeignFormat);
  EXPECT_EQ(out.detail, "zstd: the frame needs a window that this run has no memory for");
}

// What isal_read_gzip_header() is asked for: an extra field, a name, a comment and a header CRC.
TEST(DecompressGzipTest, ReadsEveryHeaderField) {
  const std::string plain = test::gzip("abc");
  std::string header("\x1F\x8B\x08\x1E\0\0\0\0\0\x03", 10);
  header +=
      std::string("\x05\0extra", 7) + std::string("name\0", 5) + std::string("a comment\0", 10);
  // The CRC of the header that zlib's crc32() gives.
  header += "\xBC\xD0";
  for (const size_t piece : {size_t{1}, size_t{3}, ~size_t{0}}) {
    const auto decode = [&](const std::string& all) {
      return drain(
          *decompress_gzip(std::make_unique<MemoryStream>(all, piece), Frames::kMany).value());
    };
    const std::string all = header + plain.substr(10);
    const Drained out = decode(all + all);
    EXPECT_EQ(out.damage, Code::kNone) << out.detail << ' ' << piece;
    EXPECT_EQ(out.data, "abcabc");
    std::string bad = all;
    bad[20] ^= 1;
    EXPECT_EQ(decode(bad).damage, Code::kBadEnvelope);
  }
}

TEST(DecompressGzipTest, ReservedFlagsAreDamage) {
  std::string bad = test::gzip("abc");
  bad[3] = 0x20;
  const auto stream = decompress_gzip(std::make_unique<MemoryStream>(bad), Frames::kMany).value();
  EXPECT_EQ(drain(*stream).damage, Code::kBadEnvelope);
}

TEST(DecompressGzipTest, OtherMethodsAreUnsupported) {
  std::string bad = test::gzip("abc");
  bad[2] = 7;
  const auto stream = decompress_gzip(std::make_unique<MemoryStream>(bad), Frames::kMany).value();
  EXPECT_EQ(drain(*stream).damage, Code::kForeignFormat);
}

}  // namespace
}  // namespace rdbproof
