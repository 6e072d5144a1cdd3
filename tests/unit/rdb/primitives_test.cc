#include "engine/rdb/primitives.h"

#include <gtest/gtest.h>
#include <liblzf/lzf.h>

#include <bit>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "bench/random.h"
#include "engine/rdb/writer.h"
#include "tests/unit/base/hex.h"

namespace rdbproof {
namespace {

using test::from_hex;

struct Length {
  uint64_t value;
  Code code;
  bool all_read;
};

Length length_of(const std::string& hex) {
  const std::string data = from_hex(hex);
  Cursor in(data, 0);
  const uint64_t value = read_length(in);
  return {value, in.code(), in.ok() && in.at_end()};
}

TEST(LengthTest, ReadsEveryForm) {
  const std::vector<std::pair<const char*, uint64_t>> forms{
      {"00", 0},
      {"3f", 63},
      {"4000", 0},
      {"7fff", 16383},
      {"80 00000000", 0},
      {"80 ffffffff", 4294967295},
      {"81 0000000000000005", 5},
      {"81 ffffffffffffffff", ~uint64_t{0}},
  };
  for (const auto& [hex, value] : forms) {
    const Length length = length_of(hex);
    EXPECT_EQ(length.value, value) << hex;
    EXPECT_TRUE(length.all_read) << hex;
  }
}

TEST(LengthTest, RefusesEveryOtherFirstByte) {
  for (int first = 0x82; first < 0x100; ++first) {
    std::string data(10, '\0');
    data[0] = static_cast<char>(first);
    Cursor in(data, 0);
    EXPECT_EQ(read_length(in), 0u);
    EXPECT_EQ(in.code(), Code::kBadLength) << first;
  }
}

TEST(LengthTest, MayBeCutAnywhere) {
  for (const char* hex : {"", "40", "80", "80 ffffff", "81", "81 ffffffffffffff"}) {
    EXPECT_EQ(length_of(hex).code, Code::kLengthBeyondEnd) << hex;
  }
}

struct Text {
  std::string text;
  StringForm form;
  Code code;
  uint64_t offset;  // of the text, or of the failure
};

Text text_of_hex(const std::string& hex, uint64_t most = Limits().max_decompressed_bytes) {
  const std::string data = from_hex(hex);
  Limits limits;
  limits.max_decompressed_bytes = most;
  TextArena arena;
  Cursor in(data, 100);
  const StringValue value = read_string(in, arena, limits);
  Cursor skipped(data, 100);
  skip_string(skipped);
  if (in.ok()) {
    EXPECT_TRUE(in.at_end()) << hex;
    EXPECT_TRUE(skipped.ok() && skipped.at_end()) << hex;
  }
  return {std::string(value.text), value.form, in.code(), in.ok() ? value.offset : in.offset()};
}

TEST(StringTest, ReadsEveryForm) {
  EXPECT_EQ(text_of_hex("00").text, "");
  EXPECT_EQ(text_of_hex("02 6162").text, "ab");
  EXPECT_EQ(text_of_hex("4002 6162").text, "ab");
  EXPECT_EQ(text_of_hex("80 00000002 6162").text, "ab");
  EXPECT_EQ(text_of_hex("81 0000000000000002 6162").text, "ab");
  EXPECT_EQ(text_of_hex("81 0000000000000002 6162").offset, 109u);
  EXPECT_EQ(text_of_hex("c0 80").text, "-128");
  EXPECT_EQ(text_of_hex("c0 7f").text, "127");
  EXPECT_EQ(text_of_hex("c1 0080").text, "-32768");
  EXPECT_EQ(text_of_hex("c1 ff7f").text, "32767");
  EXPECT_EQ(text_of_hex("c2 00000080").text, "-2147483648");
  EXPECT_EQ(text_of_hex("c2 ffffff7f").text, "2147483647");
  EXPECT_EQ(text_of_hex("c2 ffffff7f").form, StringForm::kInteger);
  EXPECT_EQ(text_of_hex("c3 04 04 0061 2000").text, "aaaa");
}

TEST(StringTest, ReadsCompressedOnes) {
  // one literal 'a', then a match of 9 bytes at distance 1
  const Text text = text_of_hex("c3 05 0a 0061 e00000");
  EXPECT_EQ(text.text, "aaaaaaaaaa");
  EXPECT_EQ(text.form, StringForm::kLzf);
  EXPECT_EQ(text.offset, 103u) << "where the compressed bytes stand";
}

TEST(StringTest, RefusesCompressedOnesThatLie) {
  EXPECT_EQ(text_of_hex("c3 05 09 0061 e00000").code, Code::kBadLzf);
  EXPECT_EQ(text_of_hex("c3 05 0b 0061 e00000").code, Code::kBadLzf);
  EXPECT_EQ(text_of_hex("c3 05 80 7fffffff 0061 e00000").code, Code::kBadLzf)
      << "more than 88 times its bytes cannot be there, so nothing is allocated";
  EXPECT_EQ(text_of_hex("c3 05 81 ffffffffffffffff 0061 e00000").code, Code::kBadLzf);
  EXPECT_EQ(text_of_hex("c3 00 01").code, Code::kBadLzf);
  EXPECT_EQ(text_of_hex("c3 06 0a 0061 e00000").code, Code::kLengthBeyondEnd);
  EXPECT_EQ(text_of_hex("c3 c0 0a 0061 e00000").code, Code::kBadLength);
}

TEST(StringTest, RefusesToDecompressBeyondTheLimit) {
  EXPECT_EQ(text_of_hex("c3 05 0a 0061 e00000", 10).code, Code::kNone);
  EXPECT_EQ(text_of_hex("c3 05 0a 0061 e00000", 9).code, Code::kLimitExceeded);
}

TEST(StringTest, RefusesFormsThatDoNotExist) {
  for (int first = 0xc4; first < 0x100; ++first) {
    const std::string data = std::string(1, static_cast<char>(first)) + std::string(8, '\0');
    TextArena arena;
    Cursor in(data, 100);
    read_string(in, arena, Limits());
    EXPECT_EQ(in.code(), Code::kBadString) << first;
    Cursor skipped(data, 100);
    skip_string(skipped);
    EXPECT_EQ(skipped.code(), Code::kBadString) << first;
  }
}

TEST(StringTest, MayBeCutAnywhere) {
  for (const char* hex : {"", "01", "02 61", "40", "4001", "81 ffffffffffffffff 61", "c0", "c1 00",
                          "c2 000000", "c3", "c3 05", "c3 05 0a", "c3 05 0a 0061"}) {
    EXPECT_EQ(text_of_hex(hex).code, Code::kLengthBeyondEnd) << hex;
  }
}

TEST(IntegerTextTest, CoversTheRange) {
  TextArena arena;
  EXPECT_EQ(integer_text(0, arena), "0");
  EXPECT_EQ(integer_text(INT64_MIN, arena), "-9223372036854775808");
  EXPECT_EQ(integer_text(INT64_MAX, arena), "9223372036854775807");
}

struct Score {
  double value;
  Code code;
};

Score score_of(Bytes text) {
  Cursor in({}, 0);
  const double value = parse_score(in, text);
  return {value, in.code()};
}

TEST(ScoreTest, ReadsWhatServersWrite) {
  EXPECT_EQ(score_of("1").value, 1.0);
  EXPECT_EQ(score_of("-2.5").value, -2.5);
  EXPECT_EQ(score_of("0.10000000000000001").value, 0.1);
  EXPECT_EQ(score_of("1e+21").value, 1e21);
  EXPECT_EQ(score_of("inf").value, std::numeric_limits<double>::infinity());
  EXPECT_EQ(score_of("-inf").value, -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(std::signbit(score_of("-0").value));
  EXPECT_EQ(score_of("4.9406564584124654e-324").value, 4.9406564584124654e-324);
  EXPECT_EQ(score_of("2.2250738585072009e-308").value, 2.2250738585072009e-308) << "subnormal";
  EXPECT_EQ(score_of("1.7976931348623157e+308").value, 1.7976931348623157e+308);
}

TEST(ScoreTest, ShortDecimalsAreTheNearestDouble) {
  bench::Random random(13);
  for (int i = 0; i < 100'000; ++i) {
    std::string text = std::to_string(random.below(uint64_t{1} << random.below(54)));
    if (random.one_in(2)) text.insert(random.below(text.size() + 1), ".");
    if (random.one_in(3)) text.insert(0, "-");
    const Score score = score_of(text);
    char* end = nullptr;
    const double expected = std::strtod(text.c_str(), &end);
    if (score.code != Code::kNone) continue;  // a lone point
    ASSERT_EQ(std::bit_cast<uint64_t>(score.value), std::bit_cast<uint64_t>(expected)) << text;
  }
}

TEST(ScoreTest, RefusesWhatIsNoNumber) {
  for (const char* text : {"", "x", "1x", "nan", "-nan", "1e999", " 1", "1 ", "--1", "0x1", "-",
                           ".", "1.2.3", "1,5", "+-1", "1e"}) {
    EXPECT_EQ(score_of(text).code, Code::kBadScore) << text;
  }
}

TEST(ScoreTest, ReadsTheMarkersOfType3) {
  const auto read = [](const std::string& hex) {
    const std::string data = from_hex(hex);
    Cursor in(data, 0);
    const double value = read_text_double(in);
    Cursor skipped(data, 0);
    skip_text_double(skipped);
    if (in.ok()) {
      EXPECT_TRUE(skipped.ok() && skipped.at_end()) << hex;
    }
    return Score{value, in.code()};
  };
  EXPECT_EQ(read("fe").value, std::numeric_limits<double>::infinity());
  EXPECT_EQ(read("ff").value, -std::numeric_limits<double>::infinity());
  EXPECT_EQ(read("03 312e35").value, 1.5);
  EXPECT_EQ(read("fd").code, Code::kBadScore);
  EXPECT_EQ(read("00").code, Code::kBadScore);
  EXPECT_EQ(read("03 3131").code, Code::kLengthBeyondEnd);
}

}  // namespace
}  // namespace rdbproof
