// Finds keys that occur twice in a database, which makes every server abort while it loads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/finding.h"
#include "engine/hash/key_hash.h"
#include "engine/hash/mark_index.h"
#include "engine/verify/mark_memory.h"

namespace rdbproof {

// The names of one part's keys. Those before its first database are hashed without one.
class KeyNames {
 private:
  friend class KeyNameCollector;
  friend class KeyIndex;
  struct Run {
    MarkRun marks;
    bool nameless;
  };
  std::vector<Run> runs_;
  // Too few for a run of their own.
  std::vector<Uint128> nameless_;
  std::vector<Uint128> named_;
};

// Collects the names of part after part. One a thread.
class KeyNameCollector {
 public:
  void add(Uint128 name_hash, uint64_t database) {
    if (database == kNoDatabase) return push(nameless_, name_hash);
    push(named_, name_hash ^ database_bits(database));
  }
  // The names since the last call.
  KeyNames take();

 private:
  static constexpr size_t kMostInRun = size_t{1} << 15;

  void push(std::vector<Uint128>& hashes, Uint128 hash) {
    hashes.push_back(hash);
    if (hashes.size() == kMostInRun) seal(hashes);
  }
  void seal(std::vector<Uint128>& hashes);
  void seal_rest(std::vector<Uint128>& hashes, std::vector<Uint128>& few);

  Slabs slabs_;
  std::vector<Uint128> nameless_;
  std::vector<Uint128> named_;
  KeyNames names_;
};

// The keys of a whole file. Not thread-safe.
class KeyIndex {
 public:
  // `storage` must outlive the index.
  explicit KeyIndex(const MarkStorage& storage) : index_(storage) {}

  // `database` is that of the names before the part's first one.
  void absorb(KeyNames&& names, uint64_t database);

  // After the last absorb(). Uses `threads` threads.
  Repetitions find_repeated(unsigned threads);
  // Why keys could not be compared, after find_repeated(). Then nothing is known.
  const std::optional<std::string>& failure() const { return failure_; }

 private:
  void add(MarkRun run);
  void add_few(const std::vector<Uint128>& hashes, Uint128 flipped);
  void fail_with(const Error& error);

  MarkIndex index_;
  Slabs slabs_;
  std::vector<Uint128> few_;  // of parts that had few
  std::optional<std::string> failure_;
};

}  // namespace rdbproof
