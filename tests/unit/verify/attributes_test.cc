// What stands before a key and belongs to it, over whole runs.
#include <gtest/gtest.h>

#include "tests/unit/verify/dumps.h"

namespace rdbproof {
namespace {

using test::add_key;
using test::dump_of;
using test::findings_of;
using Lines = std::vector<std::string>;

constexpr int64_t kSoon = 1'800'000'000'000;

template <class Fill>
Lines findings_before_key(const Fill& fill, unsigned version = 12) {
  return findings_of(dump_of(
      [&](RdbWriter& out) {
        out.select_db(0);
        fill(out);
        add_key(out, "k");
      },
      version));
}

TEST(AttributesTest, EachKindOnce) {
  EXPECT_EQ(findings_before_key([](RdbWriter& out) {
              out.expire_ms(kSoon);
              out.idle(5);
            }),
            Lines{});
  EXPECT_EQ(findings_before_key([](RdbWriter& out) {
              out.expire_ms(kSoon);
              out.freq(5);
              add_key(out, "other");
              out.expire_ms(kSoon);
              out.freq(5);
            }),
            Lines{})
      << "they end with their key";
  EXPECT_EQ(findings_before_key([](RdbWriter& out) {
              out.expire_ms(kSoon);
              out.expire_ms(kSoon + 1);
            }),
            Lines{"repeated-attribute 11 db 0 'k': an expiry"});
  const Lines uses = {"repeated-attribute 11 db 0 'k': an idle time or a frequency"};
  EXPECT_EQ(findings_before_key([](RdbWriter& out) {
              out.idle(5);
              out.freq(5);
            }),
            uses);
  EXPECT_EQ(findings_before_key([](RdbWriter& out) {
              out.freq(5);
              out.freq(5);
            }),
            uses);
  EXPECT_EQ(findings_before_key([](RdbWriter& out) {
              out.byte(253);
              out.raw(Bytes("\0\0\0\x7f", 4));
              out.expire_ms(kSoon);
            }).size(),
            1u);
}

TEST(AttributesTest, StandBeforeTheirKey) {
  const auto behind_expiry = [](const auto& fill) {
    return findings_before_key([&](RdbWriter& out) {
      out.expire_ms(kSoon);
      fill(out);
    });
  };
  EXPECT_EQ(behind_expiry([](RdbWriter& out) {
              out.select_db(1);
              out.select_db(2);
            }),
            Lines{"misplaced-attribute 11 db 0: select-db follows"})
      << "once";
  EXPECT_EQ(behind_expiry([](RdbWriter& out) { out.aux("name", "value"); }),
            Lines{"misplaced-attribute 11 db 0: aux follows"});
  EXPECT_EQ(behind_expiry([](RdbWriter& out) { out.aux("mvcc-tstamp", "7"); }), Lines{})
      << "KeyDB writes it there";
  EXPECT_EQ(behind_expiry([](RdbWriter& out) { out.resize_db(1, 1); }).size(), 1u);
  EXPECT_EQ(findings_of(dump_of([](RdbWriter& out) {
              out.select_db(0);
              add_key(out, "k");
              out.freq(1);
            })),
            Lines{"misplaced-attribute 16 db 0: end follows"});
}

TEST(AttributesTest, ExpiryIsPlausible) {
  const auto expiry = [](int64_t at_ms) {
    return findings_before_key([&](RdbWriter& out) { out.expire_ms(at_ms); });
  };
  EXPECT_EQ(expiry(1), Lines{});
  EXPECT_EQ(expiry((int64_t{1} << 48) - 1), Lines{});
  EXPECT_EQ(expiry(0), Lines{"implausible-expiry 11 db 0 'k': Unix time in milliseconds: 0"});
  EXPECT_EQ(expiry(-1).size(), 1u);
  EXPECT_EQ(expiry(int64_t{1} << 48).size(), 1u);
  EXPECT_EQ(expiry(INT64_MIN).size(), 1u);
  const auto seconds = [](Bytes at) {
    return findings_before_key([&](RdbWriter& out) {
      out.byte(253);
      out.raw(at);
    });
  };
  EXPECT_EQ(seconds(Bytes("\1\0\0\0", 4)), Lines{});
  EXPECT_EQ(seconds(Bytes("\xff\xff\xff\xff", 4)).size(), 1u);
}

TEST(AttributesTest, IdleTimeIsPlausible) {
  const auto idle = [](uint64_t seconds) {
    return findings_before_key([&](RdbWriter& out) { out.idle(seconds); });
  };
  EXPECT_EQ(idle(630'720'000), Lines{}) << "twenty years";
  EXPECT_EQ(idle(630'720'001), Lines{"implausible-idle 11 db 0 'k'"});
  EXPECT_EQ(idle(UINT64_MAX).at(0).substr(0, 10), "bad-length");
}

TEST(AttributesTest, MetadataStandDirectlyBeforeTheirKey) {
  const auto with_metadata = [](bool expiry_first) {
    return findings_before_key(
        [&](RdbWriter& out) {
          if (expiry_first) out.expire_ms(kSoon);
          out.byte(243);
          out.length(0);
          if (!expiry_first) out.expire_ms(kSoon);
        },
        13);
  };
  EXPECT_EQ(with_metadata(true).size(), 1u) << "opaque";
  const Lines findings = with_metadata(false);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[1], "bad-key-metadata 11 db 0 'k': it is not directly before its key");
}

}  // namespace
}  // namespace rdbproof
