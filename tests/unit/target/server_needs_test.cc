#include "engine/target/server_needs.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace rdbproof {
namespace {

constexpr int64_t kNow = 1000;

void select(ServerNeeds& needs, uint64_t database, uint64_t offset) {
  needs.select_database(database);
  needs.place({254, offset, offset + 2});
}

void add_hash(ServerNeeds& needs, std::initializer_list<uint64_t> expiries,
              bool expired_key = false) {
  Key key;
  key.type = ValueType::kHash;
  key.has_expiry = expired_key;
  key.expire_at_ms = 1;
  ValueSummary value;
  value.elements = expiries.size();
  needs.begin_key(key);
  for (const uint64_t expiry : expiries) {
    const std::array<Element, 1> batch{{{ElementKind::kField, "f", "v", expiry}}};
    needs.elements(batch);
  }
  needs.end_key(key, value);
}

TEST(ServerNeedsTest, TheHighestDatabaseAndItsFirstPlace) {
  ServerNeeds needs(false, kNow);
  EXPECT_FALSE(needs.highest_database());
  select(needs, 3, 10);
  select(needs, 7, 20);
  select(needs, 7, 30);
  ServerNeeds next(false, kNow);
  select(next, 5, 40);
  needs.absorb(next);
  EXPECT_EQ(needs.highest_database()->number, 7u);
  EXPECT_EQ(needs.highest_database()->offset, 20u);
}

TEST(ServerNeedsTest, EachModuleOnce) {
  ServerNeeds needs(false, kNow);
  needs.needs_module(ModulePart::kData, "a", 5);
  ServerNeeds next(false, kNow);
  next.needs_module(ModulePart::kData, "a", 9);
  next.needs_module(ModulePart::kMetadata, "a", 11);
  needs.absorb(next);
  ASSERT_EQ(needs.modules().size(), 2u);
  EXPECT_EQ(needs.modules()[0].offset, 5u);
  EXPECT_EQ(needs.modules()[1].part, ModulePart::kMetadata);
}

TEST(ServerNeedsTest, ModulesAreTheFirstHundredHoweverTheFileIsCut) {
  ServerNeeds whole(false, kNow);
  ServerNeeds front(false, kNow);
  ServerNeeds back(false, kNow);
  for (uint64_t i = 0; i < 300; ++i) {
    const std::string name = std::to_string(i * 7 % 150);
    whole.needs_module(ModulePart::kData, name, i);
    (i < 60 ? front : back).needs_module(ModulePart::kData, name, i);
  }
  front.absorb(back);
  ASSERT_EQ(whole.modules().size(), 100u);
  ASSERT_EQ(front.modules().size(), 100u);
  for (size_t i = 0; i < 100; ++i) {
    EXPECT_EQ(front.modules()[i].name, whole.modules()[i].name);
    EXPECT_EQ(front.modules()[i].offset, whole.modules()[i].offset);
  }
}

TEST(ServerNeedsTest, CountsHashesWithoutALivingField) {
  ServerNeeds needs(true, kNow);
  ServerNeeds next(true, kNow);
  needs.select_database(2);
  add_hash(needs, {1, 2});
  add_hash(needs, {1, kNoExpiry});
  add_hash(needs, {1, 5000});
  add_hash(needs, {1}, true);
  add_hash(next, {999});
  next.select_database(4);
  add_hash(next, {1000});
  add_hash(next, {3});
  needs.absorb(next);
  EXPECT_EQ(needs.fieldless(2), 2u);
  EXPECT_EQ(needs.fieldless(4), 1u);
  EXPECT_EQ(needs.fieldless(9), 0u);
}

}  // namespace
}  // namespace rdbproof
