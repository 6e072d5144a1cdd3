#include "engine/diff/key_filter.h"

#include <gtest/gtest.h>

namespace rdbproof {
namespace {

using namespace std::string_literals;

bool matches(Bytes pattern, Bytes name) {
  return Glob(pattern).matches(name);
}

TEST(GlobTest, StarsAndQuestionMarks) {
  EXPECT_TRUE(matches("", ""));
  EXPECT_FALSE(matches("", "a"));
  EXPECT_TRUE(matches("*", ""));
  EXPECT_TRUE(matches("a*c*", "abcbd"));
  EXPECT_TRUE(matches("*aab", "aaaab"));
  EXPECT_FALSE(matches("*aab", "aaaaba"));
  EXPECT_TRUE(matches("h?llo", "h\0llo"s));
  EXPECT_FALSE(matches("h?llo", "hllo"));
}

TEST(GlobTest, Classes) {
  EXPECT_TRUE(matches("[a-c]x", "bx"));
  EXPECT_TRUE(matches("[c-a]x", "bx"));
  EXPECT_FALSE(matches("[^a-c]x", "bx"));
  EXPECT_TRUE(matches("[^a]", "\xff"));
  EXPECT_TRUE(matches("[\x80-\xff]", "\xc3"));
  EXPECT_TRUE(matches("[\\]]", "]"));
  EXPECT_FALSE(matches("[]", "]"));
  EXPECT_TRUE(matches("[ab", "b")) << "not closed";
  EXPECT_TRUE(matches("[^", "b"));
  EXPECT_FALSE(matches("[", "["));
  EXPECT_TRUE(matches("\\[", "["));
  EXPECT_TRUE(matches("a\\", "a\\"));
}

TEST(GlobTest, ManyStarsTakeNoTime) {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "a*";
  EXPECT_FALSE(matches(pattern + 'b', std::string(20'000, 'a')));
}

Key key(Bytes name, ValueType type = ValueType::kString) {
  Key made;
  made.name = name;
  made.type = type;
  return made;
}

KeyFilter make(const KeyFilterOptions& options) {
  auto filter = KeyFilter::make(options);
  EXPECT_TRUE(filter.has_value());
  return filter ? *filter : KeyFilter();
}

TEST(KeyFilterTest, NothingAskedIsAll) {
  const KeyFilter filter = make({});
  EXPECT_TRUE(filter.wants_all());
  EXPECT_TRUE(filter.wants_database(3));
  EXPECT_TRUE(filter.wants_name_and_type(key("")));
}

TEST(KeyFilterTest, Databases) {
  const KeyFilter filter = make({.databases = {7, 0}});
  EXPECT_FALSE(filter.wants_all());
  EXPECT_TRUE(filter.wants_database(0));
  EXPECT_TRUE(filter.wants_database(7));
  EXPECT_FALSE(filter.wants_database(1));
}

TEST(KeyFilterTest, Types) {
  const KeyFilter filter = make({.types = {"hash", "ReJSON-RL"}});
  EXPECT_FALSE(filter.wants_all());
  EXPECT_TRUE(filter.wants_name_and_type(key("x", ValueType::kHash)));
  EXPECT_TRUE(filter.wants_name_and_type(key("x", ValueType::kJson)));
  EXPECT_FALSE(filter.wants_name_and_type(key("x", ValueType::kZset)));
  Key module = key("x", ValueType::kModule);
  module.module_type = "ReJSON-RL";
  EXPECT_TRUE(filter.wants_name_and_type(module));
  module.module_type = "MBbloom--";
  EXPECT_FALSE(filter.wants_name_and_type(module));
  EXPECT_TRUE(make({.types = {"module"}}).wants_name_and_type(module));
  EXPECT_TRUE(make({.types = {"MBbloom--"}}).wants_name_and_type(module));
}

TEST(KeyFilterTest, UnknownTypesAreErrors) {
  for (const char* name : {"hashes", "", "Hash", "ten-letter", "\x1b[31m"}) {
    const auto filter = KeyFilter::make({.types = {name}});
    ASSERT_FALSE(filter.has_value()) << name;
    EXPECT_NE(filter.error().message.find("no type is called"), std::string::npos);
    EXPECT_EQ(filter.error().message.find('\x1b'), std::string::npos);
    EXPECT_NE(filter.error().hint.find("zset"), std::string::npos);
  }
}

TEST(KeyFilterTest, MatchAndExclude) {
  const KeyFilter filter = make({.match = {"user:*", "cart:*"}, .exclude = {"*:tmp", "*:old"}});
  EXPECT_FALSE(filter.wants_all());
  EXPECT_TRUE(filter.wants_name_and_type(key("user:1")));
  EXPECT_TRUE(filter.wants_name_and_type(key("cart:1")));
  EXPECT_FALSE(filter.wants_name_and_type(key("x:1")));
  EXPECT_FALSE(filter.wants_name_and_type(key("user:old")));
  EXPECT_TRUE(make({.exclude = {"a*"}}).wants_name_and_type(key("b")));
  EXPECT_FALSE(make({.exclude = {"a*"}}).wants_name_and_type(key("a")));
}

TEST(KeyFilterTest, RegexIsFoundAnywhere) {
  const KeyFilter filter = make({.regex = "r:[0-9]+$"});
  EXPECT_FALSE(filter.wants_all());
  EXPECT_TRUE(filter.wants_name_and_type(key("user:12")));
  EXPECT_FALSE(filter.wants_name_and_type(key("user:12x")));
  EXPECT_TRUE(make({.regex = "^a.b$"}).wants_name_and_type(key("a\nb")));
  EXPECT_TRUE(make({.regex = "^a.b$"}).wants_name_and_type(key("a\0b"s)));
}

TEST(KeyFilterTest, RegexSeesCharactersOrElseBytes) {
  const KeyFilter one = make({.regex = "^.$"});
  EXPECT_TRUE(one.wants_name_and_type(key("\xc3\xa9")));
  EXPECT_TRUE(one.wants_name_and_type(key("\xff")));
  EXPECT_FALSE(one.wants_name_and_type(key("\xff\xfe")));
  EXPECT_TRUE(make({.regex = "\xc3\xa9"}).wants_name_and_type(key("caf\xc3\xa9\xff")));
  EXPECT_TRUE(make({.regex = "^\xff.$"}).wants_name_and_type(key("\xff\xfe")));
}

TEST(KeyFilterTest, BadRegexesAreErrors) {
  for (const char* pattern : {"(", "a{2000}", "(?=x)", "\\1", "((a{100}){100}){100}"}) {
    const auto filter = KeyFilter::make({.regex = pattern});
    ASSERT_FALSE(filter.has_value()) << pattern;
    EXPECT_NE(filter.error().message.find("regular expression"), std::string::npos);
  }
}

}  // namespace
}  // namespace rdbproof
