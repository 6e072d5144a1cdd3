// Finds keys that occur twice in a database, which makes every server abort while it loads.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/finding.h"
#include "engine/hash/hash128.h"

namespace rdbproof {

// 96 bits of a hash of a key's name and database: 12 bytes a key. Among 10^9 different keys two are
// taken for one with a probability of 10^-11.
class KeyMark {
 public:
  KeyMark() = default;
  explicit KeyMark(Uint128 name_hash) {
    for (size_t i = 0; i < words_.size(); ++i)
      words_[i] = static_cast<uint32_t>(name_hash >> (32 * i));
  }
  KeyMark(Uint128 name_hash, uint64_t database) : KeyMark(name_hash + spread(database)) {}

  // The mark of the same name in a database, of a mark that was made without one.
  KeyMark in(uint64_t database) const {
    return KeyMark(make_uint128(words_[2], low()) + spread(database));
  }

  uint64_t low() const { return uint64_t{words_[1]} << 32 | words_[0]; }
  auto operator<=>(const KeyMark&) const = default;

 private:
  // Databases are small numbers.
  static constexpr Uint128 spread(uint64_t database) {
    return (Uint128{database} + 1) * make_uint128(0x9e3779b97f4a7c15, 0xf39cc0605cedc835);
  }
  std::array<uint32_t, 3> words_{};
};

// The names of one part's keys. Those before its first database are marked without one.
class KeyNames {
 public:
  void add(Uint128 name_hash, uint64_t database) {
    if (database == kNoDatabase) {
      marks_.emplace_back(name_hash);
      nameless_ = marks_.size();
    } else {
      marks_.emplace_back(name_hash, database);
    }
  }

 private:
  friend class KeyIndex;
  std::vector<KeyMark> marks_;
  size_t nameless_ = 0;  // how many of them, at the front
};

// The marks of a whole file, by their low bits. Not thread-safe.
class KeyIndex {
 public:
  // Gives up beyond `max_bytes`.
  explicit KeyIndex(uint64_t max_bytes) : max_marks_(max_bytes / sizeof(KeyMark)) {}

  // `database` is that of the names before the part's first one.
  void absorb(const KeyNames& names, uint64_t database);

  // Whether the budget was too small: then nothing is known.
  bool gave_up() const { return gave_up_; }

  // Marks that were met more than once, ascending, each once. Uses `threads` threads.
  std::vector<KeyMark> find_repeated(unsigned threads) const;

 private:
  static constexpr size_t kBuckets = 1024;

  // Chunks of marks; only the last one is not full.
  class Bucket {
   public:
    void add(const KeyMark& mark) {
      if (next_ == end_) grow();
      *next_++ = mark;
    }
    // The marks, chunk by chunk.
    template <class Visit>
    void visit(const Visit& visit_marks) const {
      for (size_t i = 0; i < chunks_.size(); ++i) {
        const size_t used = i + 1 < chunks_.size() ? kChunk : kChunk - (end_ - next_);
        visit_marks(std::span<const KeyMark>(chunks_[i].get(), used));
      }
    }

   private:
    static constexpr size_t kChunk = 256;
    void grow();

    KeyMark* next_ = nullptr;
    KeyMark* end_ = nullptr;
    std::vector<std::unique_ptr<KeyMark[]>> chunks_;
  };

  void add(const KeyMark& mark) { buckets_[mark.low() % kBuckets].add(mark); }
  static std::vector<KeyMark> repeated_in(const Bucket& bucket);

  uint64_t max_marks_;
  uint64_t marks_ = 0;
  bool gave_up_ = false;
  std::array<Bucket, kBuckets> buckets_;
};

}  // namespace rdbproof
