#include "engine/target/release.h"

#include <gtest/gtest.h>

#include "engine/target/effect.h"
#include "engine/target/target.h"

namespace rdbproof {
namespace {

const Release& release(std::string_view text) {
  return *parse_target(text)->release;
}

HeaderFit fit(std::string_view text, bool valkey_magic, uint32_t version, bool relaxed = false) {
  return fit_header(release(text), valkey_magic, version, relaxed);
}

const RdbRow& row(std::string_view name) {
  for (const RdbRow& row : grammar_rows()) {
    if (row.name == name) return row;
  }
  ADD_FAILURE() << "no row " << name;
  return grammar_rows().front();
}

bool knows(std::string_view text, std::string_view name, bool valkey_magic = false) {
  return knows_row(release(text), row(name), valkey_magic);
}

TEST(ReleaseTest, ReadsVersionsUpToItsOwn) {
  EXPECT_EQ(fit("redis:7.2", false, 11), HeaderFit::kReads);
  EXPECT_EQ(fit("redis:7.2", false, 1), HeaderFit::kReads);
  EXPECT_EQ(fit("redis:7.2", false, 12), HeaderFit::kTooNew);
  EXPECT_EQ(fit("redis:8.8", true, 80), HeaderFit::kForeignMagic);
  EXPECT_EQ(fit("dragonfly:1.0", false, 4), HeaderFit::kTooOld);
  EXPECT_EQ(fit("dragonfly:1.0", false, 12), HeaderFit::kReads);
}

TEST(ReleaseTest, ValkeyTiesMagicToVersion) {
  EXPECT_EQ(fit("valkey:8.1", true, 80), HeaderFit::kForeignMagic);
  EXPECT_EQ(fit("valkey:9.0", true, 80), HeaderFit::kReads);
  EXPECT_EQ(fit("valkey:9.0", true, 81), HeaderFit::kTooNew);
  EXPECT_EQ(fit("valkey:9.2", true, 81), HeaderFit::kReads);
  EXPECT_EQ(fit("valkey:9.0", false, 11), HeaderFit::kReads);
  EXPECT_EQ(fit("valkey:9.0", false, 12), HeaderFit::kForeignVersion);
  EXPECT_EQ(fit("valkey:9.0", false, 12, true), HeaderFit::kReads);
  EXPECT_EQ(fit("valkey:9.0", false, 80, true), HeaderFit::kForeignMagic);
}

TEST(ReleaseTest, KnowsTheRecordsOfItsVersions) {
  EXPECT_TRUE(knows("redis:7.2", "set-listpack"));
  EXPECT_FALSE(knows("redis:7.0", "set-listpack"));
  EXPECT_TRUE(knows("redis:7.4", "hash-metadata"));
  EXPECT_FALSE(knows("redis:7.2", "hash-metadata"));
  EXPECT_FALSE(knows("redis:6.2", "function-2"));
  EXPECT_TRUE(knows("redis:7.0", "function-2"));
  EXPECT_TRUE(knows("redis:8.6", "key-metadata"));
  EXPECT_FALSE(knows("redis:8.4", "key-metadata"));
  EXPECT_FALSE(knows("keydb:6.3", "hash-listpack"));
}

TEST(ReleaseTest, HasExceptions) {
  EXPECT_TRUE(knows("keydb:6.3", "cron"));
  EXPECT_FALSE(knows("redis:8.8", "cron"));
  EXPECT_FALSE(knows("valkey:8.0", "cron"));
  EXPECT_FALSE(knows("redis:3.0", "aux"));
  EXPECT_TRUE(knows("redis:3.2", "aux"));
  EXPECT_FALSE(knows("dragonfly:1.0", "function-2"));
  EXPECT_FALSE(knows("dragonfly:1.0", "expire-seconds"));
  EXPECT_FALSE(knows("redis:8.8", "function-pre-ga"));
  EXPECT_FALSE(knows("redis:8.8", "module-pre-ga"));
}

TEST(ReleaseTest, OfValkeyTakesForeignNumbersInItsOwnFilesOnly) {
  EXPECT_TRUE(knows("valkey:9.0", "hash-2", true));
  EXPECT_TRUE(knows("valkey:9.0", "slot-import", true));
  EXPECT_FALSE(knows("valkey:9.0", "hash-2", false));
  EXPECT_TRUE(knows("valkey:9.0", "slot-info", false));
  EXPECT_TRUE(knows("valkey:9.0", "set-listpack", false));
}

TEST(ReleaseTest, TellsWhatItTakesARecordFor) {
  const RdbRow* const other = other_meaning(release("redis:8.10"), row("json"), false);
  ASSERT_NE(other, nullptr);
  EXPECT_EQ(other->name, "hash-template-listpack-ref");
  EXPECT_EQ(other_meaning(release("redis:7.2"), row("json"), false), nullptr);
}

// Whatever a new code is, it gets an effect, and none of the target's own findings has one.
TEST(EffectTest, OfEveryFindingIsKnown) {
  for (const FindingKind& kind : kFindingKinds) {
    for (const Release& one : releases()) {
      const Effect effect = effect_of(kind.code, one);
      if (kind.severity <= Severity::kReservation && kind.code != Code::kEmptyContainer) {
        EXPECT_EQ(effect, Effect::kNone) << kind.slug;
      }
      EXPECT_NE(effect, Effect::kDepends) << kind.slug;
    }
  }
}

TEST(EffectTest, OfADuplicateKeyHasChanged) {
  EXPECT_EQ(effect_of(Code::kDuplicateKey, release("redis:2.4")), Effect::kRefuses);
  EXPECT_EQ(effect_of(Code::kDuplicateKey, release("redis:7.2")), Effect::kAborts);
  EXPECT_EQ(effect_of(Code::kDuplicateKey, release("dragonfly:1.0")), Effect::kIgnores);
}

TEST(EffectTest, OfDamageInsideValuesIsMostlyUnknown) {
  EXPECT_EQ(effect_of(Code::kBadListpack, release("redis:7.2")), Effect::kUnknown);
  EXPECT_EQ(effect_of(Code::kBadZiplist, release("redis:7.2")), Effect::kRefuses);
  EXPECT_EQ(effect_of(Code::kBadZiplist, release("redis:6.2")), Effect::kUnknown);
  EXPECT_EQ(effect_of(Code::kTrailingBytes, release("redis:7.2")), Effect::kIgnores);
}

}  // namespace
}  // namespace rdbproof
