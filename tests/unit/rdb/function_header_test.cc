#include "engine/rdb/function_header.h"

#include <gtest/gtest.h>

#include <string>

namespace rdbproof {
namespace {

TEST(FunctionHeaderTest, ReadsEngineAndName) {
  for (const Bytes source : {"#!lua name=lib\nbody", "#!lua  name=lib\t \r\n", "#!lua NAME=lib\n",
                             "#!lua name=\"lib\"\n", "#!lua 'name=lib'\n",
                             "#!lua name=\"\\x6cib\"\n", "#!lua \"name=l\\ib\"\n"}) {
    const FunctionHeader header = parse_function_header(source);
    EXPECT_EQ(header.problem, nullptr) << source << ": " << header.problem;
    EXPECT_EQ(header.engine, "lua") << source;
    EXPECT_EQ(header.name, "lib") << source;
  }
  EXPECT_EQ(parse_function_header("#!lua name=A_9\n").name, "A_9");
}

TEST(FunctionHeaderTest, RefusesWhatServersRefuse) {
  for (const Bytes source :
       {Bytes(""), Bytes("redis.register_function()"), Bytes("# !lua name=lib\n"),
        Bytes("#!lua name=lib"), Bytes("#!lua name=lib\0\n", 16), Bytes("#!lua\n"),
        Bytes("#!lua name=\n"), Bytes("#!lua name=a-b\n"), Bytes("#!lua name=a name=b\n"),
        Bytes("#!lua name=a version=1\n"), Bytes("#!lua name\n"), Bytes("#!lua name=\"a\n"),
        Bytes("#!lua name=\"a\"b\n"), Bytes("#!lua name='a\n"), Bytes("#!lua name='a'b\n"),
        Bytes("#!lua name=\xc3\xa4\n")}) {
    EXPECT_NE(parse_function_header(source).problem, nullptr) << source;
  }
}

TEST(FunctionHeaderTest, AnEndlessFirstLineIsNotTakenApart) {
  const std::string line = "#!lua name=" + std::string(size_t{1} << 21, 'a');
  EXPECT_NE(parse_function_header(line + "\n").problem, nullptr);
}

TEST(FunctionHeaderTest, OnlyValkeyHasOtherEngines) {
  EXPECT_TRUE(is_known_engine("LUA", Dialect::kRedis));
  EXPECT_FALSE(is_known_engine("js", Dialect::kRedis));
  EXPECT_FALSE(is_known_engine("lua5", Dialect::kRedis));
  EXPECT_TRUE(is_known_engine("js", Dialect::kValkey));
  EXPECT_FALSE(is_known_engine("", Dialect::kValkey));
}

}  // namespace
}  // namespace rdbproof
