#include "engine/model/by_database.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "engine/model/element_batch.h"

namespace rdbproof {
namespace {

struct Letters {
  std::string text;
  void merge(const Letters& other) { text += other.text; }
};

// A letter goes to the current database, a digit selects one.
ByDatabase<Letters> part(Bytes script) {
  ByDatabase<Letters> made;
  for (const char c : script) {
    if (c >= '0' && c <= '9') {
      made.select(static_cast<uint64_t>(c - '0'));
    } else {
      made.current().text += c;
    }
  }
  return made;
}

std::string text(const ByDatabase<Letters>& parts) {
  std::string out;
  for (const auto& [database, letters] : parts.databases()) {
    out += std::to_string(database) + letters.text + " ";
  }
  return out;
}

TEST(ByDatabaseTest, AnyCutGivesTheSame) {
  const std::string script = "0ab3cd1e0f3g";
  const std::string expected = text(part(script));
  EXPECT_EQ(expected, "0abf 1e 3cdg ");
  for (size_t first = 1; first <= script.size(); ++first) {
    for (size_t second = first; second <= script.size(); ++second) {
      ByDatabase<Letters> whole = part(Bytes(script).substr(0, first));
      whole.absorb(part(Bytes(script).substr(first, second - first)));
      whole.absorb(part(Bytes(script).substr(second)));
      ASSERT_EQ(text(whole), expected) << first << " " << second;
    }
  }
}

TEST(ByDatabaseTest, MovingKeepsTheCurrentOne) {
  ByDatabase<Letters> from = part("0a5b");
  ByDatabase<Letters> to = std::move(from);
  to.current().text += "c";
  EXPECT_EQ(text(to), "0a 5bc ");
}

TEST(ByDatabaseTest, SelectingAloneTakesNoMemory) {
  EXPECT_EQ(text(part("01234a5")), "4a ");
  ByDatabase<Letters> whole = part("0");
  whole.absorb(part("123"));
  whole.absorb(part("b"));
  EXPECT_EQ(text(whole), "3b ");
}

// Other threads wait meanwhile; the one that has them may have more.
TEST(TextArenaTest, OneThreadAtATimeHasLargeBlocks) {
  constexpr size_t kLarge = size_t{16} << 20;
  TextArena arena;
  TextArena second;
  arena.allocate(kLarge);
  second.allocate(kLarge);
  std::atomic<bool> is_free = false;
  bool was_free = false;
  std::thread other([&] {
    TextArena small;
    small.allocate(1000);
    TextArena large;
    large.allocate(kLarge);
    was_free = is_free;
  });
  arena.reset();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  is_free = true;
  second.reset();
  other.join();
  EXPECT_TRUE(was_free);
}

TEST(TextArenaTest, GivesMemoryThatDoesNotOverlap) {
  TextArena arena;
  std::vector<std::pair<char*, size_t>> pieces;
  size_t used = 0;
  for (const size_t size : {1u, 0u, 100u, 70000u, 65536u, 3u, 200000u}) {
    char* const memory = arena.allocate(size);
    std::fill(memory, memory + size, static_cast<char>(pieces.size()));
    pieces.emplace_back(memory, size);
    used += size;
  }
  EXPECT_EQ(arena.used(), used);
  for (size_t i = 0; i < pieces.size(); ++i) {
    const auto [memory, size] = pieces[i];
    EXPECT_TRUE(
        std::all_of(memory, memory + size, [&](char c) { return c == static_cast<char>(i); }));
  }
  arena.reset();
  EXPECT_EQ(arena.used(), 0u);
}

}  // namespace
}  // namespace rdbproof
