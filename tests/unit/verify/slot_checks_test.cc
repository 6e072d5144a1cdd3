#include "engine/verify/slot_checks.h"

#include <gtest/gtest.h>

#include "tests/unit/verify/dumps.h"

namespace rdbproof {
namespace {

using test::add_key;
using test::dump_of;
using test::findings_of;
using Lines = std::vector<std::string>;

constexpr uint64_t kFoo = 12182;  // the slot of foo, and of what is tagged so
constexpr uint64_t kBar = 5061;

void slot(RdbWriter& out, uint64_t number, uint64_t keys, uint64_t expires = 0) {
  out.byte(244);
  out.length(number);
  out.length(keys);
  out.length(expires);
}

TEST(SlotChecksTest, KeysAreInTheSlotOfTheirName) {
  EXPECT_EQ(findings_of(dump_of([](RdbWriter& out) {
              out.select_db(0);
              out.resize_db(5, 1);
              slot(out, kBar, 1);
              add_key(out, "bar");
              slot(out, kFoo, 4, 1);
              for (const char* key : {"foo", "{foo}1", "{foo}2"}) add_key(out, key);
              out.expire_ms(1'800'000'000'000);
              add_key(out, "{foo}3");
            })),
            Lines{});
}

TEST(SlotChecksTest, TheFirstStrayOfASlotIsNamed) {
  const auto file = [](std::vector<const char*> keys) {
    return dump_of([&](RdbWriter& out) {
      out.select_db(0);
      slot(out, kFoo, keys.size());
      for (const char* key : keys) add_key(out, key);
    });
  };
  EXPECT_EQ(findings_of(file({"foo", "bar", "{foo}", "x"})),
            Lines{"slot-mismatch 23 db 0 'bar': its name is of slot 5061, it is listed under slot "
                  "12182"});
  EXPECT_EQ(findings_of(file({"bar", "foo", "{foo}"})),
            Lines{"slot-mismatch 16 db 0 'bar': its name is of slot 5061, it is listed under slot "
                  "12182"});
}

TEST(SlotChecksTest, NumbersOfKeysMustMatch) {
  const auto file = [](uint64_t keys, uint64_t expires) {
    return dump_of([&](RdbWriter& out) {
      out.select_db(0);
      slot(out, kFoo, keys, expires);
      add_key(out, "foo");
      out.expire_ms(1'800'000'000'000);
      add_key(out, "{foo}");
      slot(out, 1, 0);
    });
  };
  EXPECT_EQ(findings_of(file(2, 1)), Lines{});
  EXPECT_EQ(findings_of(file(3, 1)),
            Lines{"slot-mismatch 11 db 0: slot 12182: 3 keys, 1 with expiry announced; 2 and 1 are "
                  "there"});
  EXPECT_EQ(findings_of(file(2, 2)).size(), 1u);
  std::string damaged = file(3, 1);
  damaged[damaged.size() - 1] ^= 1;
  EXPECT_EQ(findings_of(damaged).size(), 1u) << "of a damaged file they tell nothing";
}

TEST(SlotChecksTest, EveryKeyOfAClusterIsInASlot) {
  EXPECT_EQ(
      findings_of(dump_of([](RdbWriter& out) {
        out.select_db(0);
        slot(out, kFoo, 1);
        add_key(out, "foo");
        out.select_db(1);
        add_key(out, "bar");
        add_key(out, "bar2");
      })),
      Lines{"slot-mismatch 25 db 1 'bar': its name is of slot 5061, it is listed under none"});
  EXPECT_EQ(findings_of(dump_of([](RdbWriter& out) {
              out.select_db(0);
              add_key(out, "bar");
              slot(out, kFoo, 9);
              slot(out, kBar, 9);
            })),
            Lines{"slot-mismatch 18: keys stand before the first slot"});
}

TEST(SlotChecksTest, ASlotThatDoesNotExistIsDamage) {
  for (const uint64_t number : {uint64_t{16384}, uint64_t{1} << 31, uint64_t{1} << 63}) {
    const SourceReport report =
        test::report_of(dump_of([&](RdbWriter& out) { slot(out, number, 0); }));
    EXPECT_EQ(report.log.count(Code::kBadSlot), 1u) << number;
    EXPECT_EQ(report.verdict, Verdict::kDamaged);
  }
  EXPECT_EQ(findings_of(dump_of([](RdbWriter& out) { slot(out, 16383, 0); })), Lines{});
}

TEST(SlotChecksTest, ValkeyListsSlotsInAuxFields) {
  const auto file = [](std::string value) {
    return dump_of(
        [&](RdbWriter& out) {
          out.aux("valkey-ver", "9.0.0");
          out.select_db(0);
          out.aux("slot-info", value);
          add_key(out, "foo");
        },
        80);
  };
  EXPECT_EQ(findings_of(file("12182,1,0")), Lines{});
  EXPECT_EQ(findings_of(file("12182,1,0,7")), Lines{});
  EXPECT_EQ(findings_of(file("12182,2,0")).size(), 1u);
  EXPECT_EQ(findings_of(file("12183,1,0")).size(), 1u);
  for (const char* bad : {"12182,1", "", "x,1,0", "12182;1;0", "16384,1,0"}) {
    EXPECT_EQ(findings_of(file(bad)).at(0).substr(0, 8), "bad-slot") << bad;
  }
}

TEST(SlotChecksTest, ImportsNameRangesOfSlots) {
  struct Case {
    size_t name_bytes;
    std::vector<uint64_t> ranges;
    bool is_sound;
  };
  const Case cases[] = {
      {40, {}, true},      {40, {0, 16383}, true},  {40, {5, 5, 7, 9}, true},
      {39, {0, 1}, false}, {41, {0, 1}, false},     {0, {}, false},
      {40, {9, 7}, false}, {40, {0, 16384}, false}, {40, {0, 1, 16384, 16384}, false},
  };
  for (const Case& one : cases) {
    const Lines findings = findings_of(dump_of(
        [&](RdbWriter& out) {
          out.byte(243);
          out.plain_string(std::string(one.name_bytes, 'a'));
          out.length(one.ranges.size() / 2);
          for (const uint64_t bound : one.ranges) out.length(bound);
          add_key(out, "k");
        },
        80));
    ASSERT_EQ(findings.size(), one.is_sound ? 0u : 1u) << one.name_bytes;
    if (!one.is_sound) {
      EXPECT_EQ(findings[0].substr(0, 8), "bad-slot");
    }
  }
}

}  // namespace
}  // namespace rdbproof
