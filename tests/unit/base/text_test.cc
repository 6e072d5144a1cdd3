#include "engine/base/text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/unit/base/hex.h"

namespace rdbproof {
namespace {

using test::from_hex;

TEST(Utf8Test, TakesTheFirstAndLastOfEveryLength) {
  for (const char* hex : {"", "00", "7f", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "efbfbf",
                          "f0908080", "f48fbfbf", "41c3a9e282acf09f9880"}) {
    EXPECT_TRUE(is_valid_utf8(from_hex(hex))) << hex;
  }
}

TEST(Utf8Test, RefusesWhatIsNone) {
  const std::vector<const char*> invalid{
      "80",       "bf",                                          // continuation first
      "c0af",     "c1bf",     "e08080",   "e09fbf", "f08fbfbf",  // overlong
      "eda080",   "edbfbf",                                      // surrogates
      "f4908080", "f5808080", "fe",       "ff",                  // beyond U+10FFFF
      "c2",       "e282",     "f09f98",                          // cut
      "c241",     "e28241",   "f09f9841",                        // continued by something else
      "41ff41",
  };
  for (const char* hex : invalid) EXPECT_FALSE(is_valid_utf8(from_hex(hex))) << hex;
}

// C0, DEL and C1 as UTF-8: everything a terminal interprets.
bool holds_controls(Bytes text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return true;
    const bool c1 = byte == 0xc2 && i + 1 < text.size() && static_cast<uint8_t>(text[i + 1]) < 0xa0;
    if (c1) return true;
  }
  return !is_valid_utf8(text);
}

TEST(EscapeTest, OfEveryByteIsSafe) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string one(1, static_cast<char>(byte));
    const std::string escaped = escape_for_terminal("a" + one + "b");
    EXPECT_FALSE(holds_controls(escaped)) << byte;
    if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
      EXPECT_EQ(escaped, "a" + one + "b");
    } else if (byte != '\\') {
      EXPECT_EQ(escaped, "a\\x" + to_hex(one) + "b");
    }
  }
  EXPECT_EQ(escape_for_terminal("\\"), "\\\\");
}

TEST(EscapeTest, OfEveryPairOfBytesIsSafe) {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string pair{static_cast<char>(first), static_cast<char>(second)};
      ASSERT_FALSE(holds_controls(escape_for_terminal(pair))) << first << " " << second;
    }
  }
}

TEST(EscapeTest, ShowsWhatHidesOrReorders) {
  const std::vector<std::string> unsafe{
      "c280",     "c29b",   "c29f",                        // C1
      "c2ad",                                              // soft hyphen
      "d89c",                                              // Arabic letter mark
      "e2808b",   "e2808c", "e2808d", "e2808e", "e2808f",  // zero width and marks
      "e280a8",   "e280a9",                                // line and paragraph separator
      "e280aa",   "e280ab", "e280ac", "e280ad", "e280ae",  // embeddings and overrides
      "e281a0",   "e281a6", "e281a7", "e281a8", "e281a9",  // joiner, isolates
      "efbbbf",                                            // byte order mark
      "f3a08081",                                          // tags
  };
  for (const std::string& hex : unsafe) {
    std::string expected;
    for (size_t i = 0; i < hex.size(); i += 2) expected += "\\x" + hex.substr(i, 2);
    EXPECT_EQ(escape_for_terminal(from_hex(hex)), expected);
  }
}

TEST(EscapeTest, LeavesLettersOfAnyScript) {
  for (const std::string text : {"user:1", "schlüssel", "ключ", "鍵", "مفتاح", "🔑"}) {
    EXPECT_EQ(escape_for_terminal(text), text);
  }
}

TEST(EscapeTest, CutsLongTextBetweenCharacters) {
  EXPECT_EQ(escape_for_terminal("abcdef", 3), "abc...");
  EXPECT_EQ(escape_for_terminal("abc", 3), "abc");
  EXPECT_EQ(escape_for_terminal("ключ", 3), "кл...");
  EXPECT_EQ(escape_for_terminal("\x1b\x1b", 1), "\\x1b...");
}

TEST(Base64Test, VectorsOfRfc4648) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foo"), "Zm9v");
  EXPECT_EQ(to_base64("foob"), "Zm9vYg==");
  EXPECT_EQ(to_base64("fooba"), "Zm9vYmE=");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(to_base64(from_hex("fbff00")), "+/8A");
}

TEST(JsonStringTest, ReadsBackAsWhatItWas) {
  std::string all;
  for (int byte = 0; byte < 128; ++byte) all += static_cast<char>(byte);
  all += "é€😀";
  std::string quoted;
  append_json_string(quoted, all);
  EXPECT_EQ(nlohmann::json::parse(quoted).get<std::string>(), all);
  EXPECT_FALSE(holds_controls(quoted));
}

TEST(JsonStringTest, EscapesWhatReordersOrHidesText) {
  const std::string all = "\u0085\u00ad\u061c\u200f\u202e\u2066\ufeff\U000e0041 é";
  const std::string expected =
      "\"\\u0085\\u00ad\\u061c\\u200f\\u202e\\u2066\\ufeff\\udb40\\udc41 é\"";
  std::string quoted;
  append_json_string(quoted, all);
  EXPECT_EQ(quoted, expected);
  EXPECT_EQ(nlohmann::json::parse(quoted).get<std::string>(), all);
  EXPECT_EQ(escape_json_text("\"" + all + "\""), expected);
  EXPECT_EQ(escape_json_text("{\n  \"a\": \"\\\\\x7f\"\n}"), "{\n  \"a\": \"\\\\\\u007f\"\n}");
}

TEST(HexTest, IsLowerCase) {
  EXPECT_EQ(to_hex(Bytes("\x00\x9f\xff", 3)), "009fff");
  EXPECT_EQ(to_hex(Bytes()), "");
}

}  // namespace
}  // namespace rdbproof
