#include "engine/base/finding.h"

#include <gtest/gtest.h>

#include <set>

namespace rdbproof {
namespace {

TEST(FindingKindsTest, StandInTheOrderOfTheirCodes) {
  for (size_t i = 0; i < kFindingKinds.size(); ++i) {
    EXPECT_EQ(static_cast<size_t>(kFindingKinds[i].code), i) << kFindingKinds[i].slug;
  }
}

TEST(FindingKindsTest, HaveNamesOfTheirOwnAndSayWhatTheyMean) {
  std::set<std::string_view> slugs;
  for (const FindingKind& kind : kFindingKinds) {
    EXPECT_TRUE(slugs.insert(kind.slug).second) << kind.slug;
    EXPECT_EQ(kind.slug.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"),
              std::string_view::npos)
        << kind.slug;
    EXPECT_FALSE(kind.sentence.empty()) << kind.slug;
  }
}

TEST(FindingKindsTest, SeveritiesAscendFromNoteToDamaged) {
  EXPECT_LT(Severity::kNote, Severity::kReservation);
  EXPECT_LT(Severity::kReservation, Severity::kUnsupported);
  EXPECT_LT(Severity::kUnsupported, Severity::kRefused);
  EXPECT_LT(Severity::kRefused, Severity::kDamaged);
  EXPECT_EQ(severity_name(Severity::kDamaged), "damaged");
  EXPECT_EQ(severity_name(Severity::kNote), "note");
}

}  // namespace
}  // namespace rdbproof
