#include "engine/target/target.h"

#include <gtest/gtest.h>

#include <string>

namespace rdbproof {
namespace {

Target parse(std::string_view text) {
  const Result<Target> target = parse_target(text);
  EXPECT_TRUE(target) << text << ": " << target.error().message;
  return target.value_or(Target{});
}

std::string release_of(std::string_view text) {
  const Target target = parse(text);
  return target.release == nullptr ? "none" : release_name(*target.release);
}

TEST(TargetTest, NamesARelease) {
  EXPECT_EQ(release_of("redis:7.2"), "redis 7.2");
  EXPECT_EQ(release_of("redis:7.2.6"), "redis 7.2");
  EXPECT_EQ(release_of("redis:8.10"), "redis 8.10");
  EXPECT_EQ(release_of("valkey:9.0.4"), "valkey 9.0");
  EXPECT_EQ(release_of("keydb:6.3"), "keydb 6.3");
  EXPECT_EQ(release_of("dragonfly:1.30.1"), "dragonfly");
}

TEST(TargetTest, LeavesOpenWhatIsNotNamed) {
  const Target target = parse("redis:7.2");
  EXPECT_FALSE(target.databases);
  EXPECT_FALSE(target.cluster);
  EXPECT_FALSE(target.modules);
  EXPECT_FALSE(target.is_replica);
  EXPECT_FALSE(target.is_relaxed);
}

TEST(TargetTest, NamesTheConfiguration) {
  const Target target = parse("valkey:9.0,databases=32,cluster,role=replica,modules=bf,json");
  EXPECT_EQ(target.databases, 32u);
  EXPECT_EQ(target.cluster, true);
  EXPECT_TRUE(target.is_replica);
  EXPECT_EQ(*target.modules, (std::vector<std::string>{"bf", "json"}));
  EXPECT_EQ(parse("redis:7.2,cluster=no").cluster, false);
  EXPECT_TRUE(parse("valkey:9.1,rdb-version-check=relaxed").is_relaxed);
  EXPECT_TRUE(parse("redis:7.2,modules=").modules->empty());
}

TEST(TargetTest, RefusesWhatItDoesNotKnow) {
  for (const char* const text : {"",
                                 "redis",
                                 "redis:",
                                 "redis:x",
                                 "redis:7",
                                 "redis:7.",
                                 "redis:7.3",
                                 "redis:7.2.6.1",
                                 "redis:7.2x",
                                 "redis:99999999999.1",
                                 "mysql:8.0",
                                 "dragonfly:2.0",
                                 "redis:7.2,what",
                                 "redis:7.2,databases=",
                                 "redis:7.2,databases=0",
                                 "redis:7.2,databases=-1",
                                 "redis:7.2,databases=16x",
                                 "redis:7.2,role=master",
                                 "redis:7.2,cluster=maybe",
                                 "redis:7.2,,cluster",
                                 "redis:7.2,rdb-version-check=relaxed",
                                 "redis:2.8,cluster",
                                 "redis:7.2,modules=a,databases=16",
                                 "redis:7.2,modules=a,cluster"}) {
    EXPECT_FALSE(parse_target(text)) << text;
  }
}

TEST(TargetTest, SaysWhatIsKnown) {
  const Error error = parse_target("redis:7.3\x1b").error();
  EXPECT_EQ(error.message.find('\x1b'), std::string::npos);
  for (const std::string release : {"redis: 2.0", "7.2", "valkey: 7.2", "keydb: 6.3"}) {
    EXPECT_NE(error.hint.find(release), std::string::npos) << error.hint;
  }
}

TEST(TargetTest, KnowsWhichTypesAModuleBrings) {
  const Target target = parse("redis:7.2,modules=bf,mytype123");
  EXPECT_TRUE(target.has_module_for("MBbloom--"));
  EXPECT_TRUE(target.has_module_for("CMSk-TYPE"));
  EXPECT_TRUE(target.has_module_for("mytype123"));
  EXPECT_FALSE(target.has_module_for("ReJSON-RL"));
  EXPECT_FALSE(target.has_module_for("MBbloom"));
  EXPECT_FALSE(parse("redis:7.2,modules=").has_module_for("MBbloom--"));
}

TEST(TargetTest, FindsTheWriter) {
  const auto name = [](Dialect dialect, std::string_view version) {
    const Release* const writer = find_writer(dialect, version);
    return writer == nullptr ? "none" : release_name(*writer);
  };
  EXPECT_EQ(name(Dialect::kRedis, "7.0.15"), "redis 7.0");
  EXPECT_EQ(name(Dialect::kRedis, "3.9.101"), "redis 4.0");
  EXPECT_EQ(name(Dialect::kRedis, "7.9.225"), "redis 8.0");
  EXPECT_EQ(name(Dialect::kRedis, "255.255.255"), "none");
  EXPECT_EQ(name(Dialect::kRedis, ""), "none");
  EXPECT_EQ(name(Dialect::kValkey, "8.1.0"), "valkey 8.1");
  EXPECT_EQ(name(Dialect::kKeyDb, "6.3.4"), "keydb 6.3");
  EXPECT_EQ(name(Dialect::kDragonfly, "df-v1.2.0"), "dragonfly");
}

}  // namespace
}  // namespace rdbproof
