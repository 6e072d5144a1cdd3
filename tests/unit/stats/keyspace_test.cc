#include "engine/stats/keyspace.h"

#include <gtest/gtest.h>

namespace rdbproof {
namespace {

constexpr int64_t kNow = 1000;

Key key(ValueType type, int64_t expire_at_ms = 0) {
  Key made;
  made.type = type;
  made.has_expiry = expire_at_ms != 0;
  made.expire_at_ms = expire_at_ms;
  return made;
}

ValueSummary value(std::string_view encoding, uint64_t elements, uint64_t bytes) {
  return {encoding, elements, bytes, 0};
}

TEST(KeyspaceTest, CountsByDatabaseTypeAndEncoding) {
  Keyspace keyspace(kNow);
  keyspace.select_database(3);
  keyspace.add(key(ValueType::kString), value("embstr", 1, 5));
  keyspace.add(key(ValueType::kHash), value("listpack", 2, 10));
  keyspace.select_database(1);
  keyspace.add(key(ValueType::kHash), value("listpack", 3, 20));
  ASSERT_EQ(keyspace.databases().size(), 2u);
  EXPECT_EQ(keyspace.databases().at(3).keys(), 2u);
  EXPECT_EQ(keyspace.databases().at(1).types().at("hash").elements, 3u);
  EXPECT_EQ(keyspace.databases().at(3).types().at("hash").bytes, 10u);
  EXPECT_FALSE(keyspace.databases().at(1).types().contains("string"));
  EXPECT_EQ(keyspace.encodings(),
            (std::map<std::string, uint64_t>{{"embstr", 1}, {"listpack", 2}}));
}

TEST(KeyspaceTest, ModulesCountUnderTheirOwnName) {
  Keyspace keyspace(kNow);
  keyspace.select_database(0);
  Key made = key(ValueType::kModule);
  made.module_type = "ReJSON-RL";
  keyspace.add(made, value("raw", 1, 1));
  keyspace.add(key(ValueType::kJson), value("raw", 1, 2));
  EXPECT_EQ(keyspace.databases().at(0).types().at("ReJSON-RL").keys, 2u)
      << "Dragonfly's own JSON answers the same type name";
  EXPECT_EQ(keyspace.databases().at(0).types().at("ReJSON-RL").bytes, 3u);
}

TEST(KeyspaceTest, CountsExpiryAsOfTheGivenPresent) {
  Keyspace keyspace(kNow);
  keyspace.select_database(0);
  for (const int64_t expiry : {int64_t{-5}, kNow - 1, kNow, kNow + 1}) {
    keyspace.add(key(ValueType::kString, expiry), value("int", 1, 1));
  }
  keyspace.add(key(ValueType::kString), value("int", 1, 1));
  EXPECT_EQ(keyspace.databases().at(0).keys(), 5u);
  EXPECT_EQ(keyspace.databases().at(0).expires(), 4u);
  EXPECT_EQ(keyspace.databases().at(0).expired(), 2u);
}

TEST(KeyspaceTest, WhatFollowsInheritsTheDatabase) {
  Keyspace first(kNow);
  first.select_database(5);
  first.add(key(ValueType::kString), value("int", 1, 1));
  Keyspace second(kNow);
  second.add(key(ValueType::kString), value("int", 1, 1));  // nameless so far
  second.select_database(6);
  second.add(key(ValueType::kString), value("raw", 1, 1));
  Keyspace third(kNow);
  third.add(key(ValueType::kString), value("int", 1, 1));
  first.absorb(second);
  first.absorb(third);
  EXPECT_EQ(first.databases().at(5).keys(), 2u);
  EXPECT_EQ(first.databases().at(6).keys(), 2u);
  EXPECT_EQ(first.encodings().at("int"), 3u);
}

TEST(KeyspaceTest, MergingAddsDatabases) {
  Keyspace a(kNow);
  a.select_database(0);
  a.add(key(ValueType::kList), value("listpack", 4, 4));
  Keyspace b(kNow);
  b.select_database(0);
  b.add(key(ValueType::kList), value("listpack", 5, 5));
  b.select_database(9);
  b.add(key(ValueType::kList), value("quicklist", 1, 1));
  a.merge(b);
  EXPECT_EQ(a.databases().at(0).types().at("list").elements, 9u);
  EXPECT_EQ(a.databases().at(9).keys(), 1u);
}

}  // namespace
}  // namespace rdbproof
