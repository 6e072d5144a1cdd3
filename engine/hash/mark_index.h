// Finds equal ones among any number of hashes, at 12 bytes each.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/hash/hash128.h"

namespace rdbproof {

// The low 96 bits of a hash. Among 10^9 different things two have the same with a probability of
// 10^-11.
class Mark {
 public:
  Mark() = default;
  explicit Mark(Uint128 hash) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] = static_cast<uint32_t>(hash >> (32 * i));
  }

  Uint128 value() const { return make_uint128(words_[2], low()); }
  uint64_t low() const { return uint64_t{words_[1]} << 32 | words_[0]; }
  auto operator<=>(const Mark&) const = default;

 private:
  std::array<uint32_t, 3> words_{};
};

// Marks in buckets by their low bits. Not thread-safe, but repeated_in() of several buckets may run
// at a time.
class MarkIndex {
 public:
  static constexpr size_t kBuckets = 1024;

  void add(const Mark& mark) { buckets_[mark.low() % kBuckets].add(mark); }
  // Gives the memory back.
  void clear();

  // Marks of a bucket that were added before, once for each time.
  std::vector<Mark> repeated_in(size_t bucket) const;

 private:
  // Chunks of marks; only the last one is not full.
  class Bucket {
   public:
    void add(const Mark& mark) {
      if (next_ == end_) grow();
      *next_++ = mark;
    }
    // The marks, chunk by chunk.
    template <class Visit>
    void visit(const Visit& visit_marks) const {
      for (size_t i = 0; i < chunks_.size(); ++i) {
        const size_t used = i + 1 < chunks_.size() ? kChunk : kChunk - (end_ - next_);
        visit_marks(std::span<const Mark>(chunks_[i].get(), used));
      }
    }

   private:
    static constexpr size_t kChunk = 256;
    void grow();

    Mark* next_ = nullptr;
    Mark* end_ = nullptr;
    std::vector<std::unique_ptr<Mark[]>> chunks_;
  };

  std::array<Bucket, kBuckets> buckets_;
};

}  // namespace rdbproof
