#include "engine/base/slabs.h"

#include <gtest/gtest.h>

#include <cstring>
#include <vector>

namespace rdbproof {
namespace {

TEST(SlabsTest, PiecesKeepWhatWasWrittenUntilTheyGo) {
  Slabs slabs;
  std::vector<std::pair<std::shared_ptr<char>, size_t>> pieces;
  for (size_t i = 0; i < 200; ++i) {
    const size_t size = i % 50 == 7 ? 5000000 : 1 + i * 500;
    pieces.emplace_back(slabs.allocate(size), size);
    std::memset(pieces.back().first.get(), static_cast<int>(i), size);
    if (i % 3 == 0) pieces[i / 2].first.reset();
  }
  for (size_t i = 0; i < pieces.size(); ++i) {
    const auto& [piece, size] = pieces[i];
    if (!piece) continue;
    for (size_t j = 0; j < size; ++j) ASSERT_EQ(piece.get()[j], static_cast<char>(i));
  }
}

TEST(SlabsTest, ASlabWithoutPiecesIsUsedAgain) {
  Slabs slabs;
  const char* const first = slabs.allocate(1000).get();
  EXPECT_EQ(slabs.allocate(2000).get(), first);
  const std::shared_ptr<char> kept = slabs.allocate(1000);
  EXPECT_NE(slabs.allocate(1000), kept);
}

}  // namespace
}  // namespace rdbproof
