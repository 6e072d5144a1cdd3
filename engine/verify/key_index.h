// Finds keys that occur twice in a database, which makes every server abort while it loads.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/base/finding.h"
#include "engine/hash/mark_index.h"

namespace rdbproof {

// The mark of a key, of the hash of its name. Databases are small numbers, so they are spread; a
// mark that was made without one can be completed.
inline Uint128 spread_database(uint64_t database) {
  return (Uint128{database} + 1) * make_uint128(0x9e3779b97f4a7c15, 0xf39cc0605cedc835);
}
inline Mark key_mark(Uint128 name_hash, uint64_t database) {
  return Mark(name_hash + spread_database(database));
}
inline Mark complete_mark(const Mark& nameless, uint64_t database) {
  return Mark(nameless.value() + spread_database(database));
}

// The names of one part's keys. Those before its first database are marked without one.
class KeyNames {
 public:
  void add(Uint128 name_hash, uint64_t database) {
    if (database == kNoDatabase) {
      marks_.emplace_back(name_hash);
      nameless_ = marks_.size();
    } else {
      marks_.push_back(key_mark(name_hash, database));
    }
  }

 private:
  friend class KeyIndex;
  std::vector<Mark> marks_;
  size_t nameless_ = 0;  // how many of them, at the front
};

// The marks of a whole file. Not thread-safe.
class KeyIndex {
 public:
  // Gives up beyond `max_bytes`.
  explicit KeyIndex(uint64_t max_bytes) : max_marks_(max_bytes / sizeof(Mark)) {}

  // `database` is that of the names before the part's first one.
  void absorb(const KeyNames& names, uint64_t database);

  // Whether the budget was too small: then nothing is known.
  bool gave_up() const { return gave_up_; }

  // Marks that were met more than once, ascending, each once. Uses `threads` threads.
  std::vector<Mark> find_repeated(unsigned threads) const;

 private:
  uint64_t max_marks_;
  uint64_t marks_ = 0;
  bool gave_up_ = false;
  MarkIndex index_;
};

}  // namespace rdbproof
