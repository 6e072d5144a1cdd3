#include "engine/encoding/lzf.h"

#include <gtest/gtest.h>
#include <liblzf/lzf.h>

#include <optional>
#include <string>
#include <vector>

#include "bench/random.h"
#include "tests/unit/base/hex.h"

namespace rdbproof {
namespace {

using test::from_hex;

// Nothing if refused. The buffer is exactly as large as the contract asks.
std::optional<std::string> decompress(const std::string& input, size_t size) {
  std::vector<char> out(size + kLzfSlack);
  if (!lzf_decompress(input, out.data(), size)) return std::nullopt;
  return std::string(out.data(), size);
}

std::string literal(const std::string& text) {
  return static_cast<char>(text.size() - 1) + text;
}

// `length` bytes from `distance` before.
std::string match(size_t distance, size_t length) {
  std::string out;
  const size_t code = length - 2;
  const auto high = static_cast<char>((distance - 1) >> 8);
  if (code < 7) {
    out += static_cast<char>(code << 5 | static_cast<size_t>(high));
  } else {
    out += static_cast<char>(7u << 5 | static_cast<size_t>(high));
    out += static_cast<char>(code - 7);
  }
  out += static_cast<char>((distance - 1) & 255);
  return out;
}

TEST(LzfTest, CopiesLiteralRunsOfEveryLength) {
  for (size_t length = 1; length <= 32; ++length) {
    const std::string text = std::string(length, 'a').replace(length - 1, 1, "b");
    EXPECT_EQ(decompress(literal(text), length), text);
    EXPECT_EQ(decompress(literal(text) + literal(text), 2 * length), text + text);
  }
}

TEST(LzfTest, CopiesMatchesOfEveryDistanceAndLength) {
  std::string seed;
  for (char c = 0; c < 32; ++c) seed += static_cast<char>('A' + c);
  for (size_t distance = 1; distance <= 32; ++distance) {
    for (const size_t length :
         {3u, 4u, 7u, 8u, 9u, 10u, 15u, 16u, 17u, 31u, 33u, 64u, 263u, 264u}) {
      std::string expected = seed;
      for (size_t i = 0; i < length; ++i) expected += expected[expected.size() - distance];
      const std::string input = literal(seed) + match(distance, length);
      ASSERT_EQ(decompress(input, expected.size()), expected) << distance << " " << length;
      // More behind a match, whose copy may have written too far.
      ASSERT_EQ(decompress(input + literal("xyz"), expected.size() + 3), expected + "xyz");
    }
  }
}

TEST(LzfTest, CopiesFromTheFarthestDistance) {
  std::string input;
  std::string expected;
  for (int i = 0; i < 256; ++i) {
    const std::string text(32, static_cast<char>(i));
    input += literal(text);
    expected += text;
  }
  input += match(8192, 5);
  expected += std::string(5, '\0');
  EXPECT_EQ(decompress(input, expected.size()), expected);
}

TEST(LzfTest, OfNothingIsNothing) {
  EXPECT_EQ(decompress("", 0), "");
  EXPECT_FALSE(decompress("", 1));
}

TEST(LzfTest, RefusesWhatIsMalformed) {
  const std::string sound = literal("abcd") + match(2, 12) + literal("e");
  ASSERT_EQ(decompress(sound, 17), "abcdcdcdcdcdcdcde");
  for (size_t length = 0; length < sound.size(); ++length) {
    EXPECT_FALSE(decompress(sound.substr(0, length), 17)) << length;
  }
  for (size_t size = 0; size < 60; ++size) {
    if (size != 17) {
      EXPECT_FALSE(decompress(sound, size)) << size;
    }
  }
  EXPECT_FALSE(decompress(match(1, 3), 3)) << "a match before the beginning";
  EXPECT_FALSE(decompress(literal("ab") + match(3, 3), 5)) << "one byte before the beginning";
  EXPECT_FALSE(decompress(literal("ab") + match(8192, 3), 5));
  EXPECT_FALSE(decompress(from_hex("1f61"), 32)) << "a literal past the input";
  EXPECT_FALSE(decompress(literal("a") + from_hex("e0"), 10)) << "no length byte";
  EXPECT_FALSE(decompress(literal("a") + from_hex("e000"), 10)) << "no distance byte";
  EXPECT_FALSE(decompress(literal("a") + from_hex("20"), 4)) << "no distance byte";
}

TEST(LzfTest, ReadsWhatLiblzfWrites) {
  bench::Random random(4);
  for (int round = 0; round < 3000; ++round) {
    // Few letters and repeats give short distances and overlaps.
    const size_t letters = random.between(1, 20);
    std::string text;
    const size_t length = random.between(5, 3000);
    while (text.size() < length) {
      if (!text.empty() && random.one_in(3)) {
        text += text.substr(random.below(text.size()), random.between(1, 300));
      } else {
        text += static_cast<char>('a' + random.below(letters));
      }
    }
    std::string compressed(text.size() + 100, '\0');
    const unsigned size = lzf_compress(text.data(), static_cast<unsigned>(text.size()),
                                       compressed.data(), static_cast<unsigned>(compressed.size()));
    ASSERT_NE(size, 0u);
    compressed.resize(size);
    ASSERT_EQ(decompress(compressed, text.size()), text);
    ASSERT_LE(text.size(), lzf_max_expansion(size));
    ASSERT_FALSE(decompress(compressed, text.size() + 1));
    ASSERT_FALSE(decompress(compressed, text.size() - 1));
  }
}

TEST(LzfTest, AnyBytesAreRefusedOrGiveTheStatedSize) {
  bench::Random random(5);
  size_t accepted = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string input(random.between(1, 24), '\0');
    for (char& c : input)
      c = static_cast<char>(random.below(4) == 0 ? random.next() : random.below(64));
    accepted += decompress(input, random.between(1, 64)).has_value();
  }
  EXPECT_GT(accepted, 0u);
}

}  // namespace
}  // namespace rdbproof
