#include "engine/diff/captured_value.h"

#include <gtest/gtest.h>

#include "tests/unit/diff/captured.h"

namespace rdbproof {
namespace {

TEST(CapturedValueTest, GivesBackWhatItTook) {
  CapturedValue value(1 << 30);
  const std::string large(3'000'000, 'x');
  for (uint64_t i = 0; i < 5000; ++i) {
    std::string name = "name" + std::to_string(i);
    const std::vector<Element> batch{
        {ElementKind::kField, name, i % 1000 == 0 ? Bytes(large) : Bytes("v"), kNoExpiry},
        {ElementKind::kStreamPending, name, {}, i, ~i, i << 40}};
    value.add(batch);
    name.assign(name.size(), '!');  // it has a copy
  }
  ASSERT_EQ(value.size(), 10000u);
  for (uint64_t i = 0; i < 5000; ++i) {
    const Element field = value[2 * i];
    EXPECT_EQ(field.kind, ElementKind::kField);
    EXPECT_EQ(field.a, "name" + std::to_string(i));
    EXPECT_EQ(field.b.size(), i % 1000 == 0 ? large.size() : 1);
    EXPECT_EQ(field.x, kNoExpiry);
    const Element pending = value[2 * i + 1];
    EXPECT_EQ(value.kind(2 * i + 1), ElementKind::kStreamPending);
    EXPECT_EQ(pending.x, i);
    EXPECT_EQ(pending.y, ~i);
    EXPECT_EQ(pending.z, i << 40);
  }
  EXPECT_LT(value.memory_bytes(), 5 * large.size() + 1'000'000);
}

TEST(CapturedValueTest, BeyondItsLimitItHoldsNothing) {
  const std::vector<Element> elements(1000, test::member("0123456789"));
  for (const uint64_t limit : {0, 7, 8, 30, 4096, 16000}) {
    const CapturedValue value = test::capture(elements, limit);
    EXPECT_TRUE(value.is_too_large()) << limit;
    EXPECT_EQ(value.size(), 0u);
    EXPECT_EQ(value.memory_bytes(), 0u);
  }
}

TEST(CapturedValueTest, NeverTakesMoreThanItsLimit) {
  CapturedValue value(20'000);
  const std::vector<Element> batch(1, test::member("0123456789"));
  size_t taken = 0;
  for (; !value.is_too_large(); ++taken) {
    EXPECT_LE(value.memory_bytes(), 20'000u);
    value.add(batch);
  }
  EXPECT_GT(taken, 700u) << "an element takes 24 bytes";
  value.clear();
  value.add(batch);
  EXPECT_EQ(value.size(), 1u);
}

TEST(CapturedValueTest, IsTooLargeForGood) {
  CapturedValue value(100);
  const std::string large(1000, 'x');
  value.add(std::vector{test::item(large)});
  value.add(std::vector{test::item("small")});
  EXPECT_TRUE(value.is_too_large());
  EXPECT_EQ(value.size(), 0u);
}

}  // namespace
}  // namespace rdbproof
