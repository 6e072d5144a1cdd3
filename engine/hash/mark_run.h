// Marks sorted into buckets: where equal marks can be, and nothing else.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "engine/base/slabs.h"
#include "engine/hash/mark.h"

namespace rdbproof {

// By the highest bits of a hash, which are not part of its mark.
inline constexpr size_t kMarkBuckets = 512;
inline size_t mark_bucket(Uint128 hash) {
  return static_cast<size_t>(hash >> 119);
}

// Some marks of one bucket. Each is that of `marks` with the bits of `change` flipped.
struct MarkSegment {
  std::span<const Mark> marks{};
  Uint128 change = 0;

  template <class Visit>
  void visit(const Visit& visit_mark) const {
    for (const Mark& mark : marks) visit_mark(change == 0 ? mark : Mark(mark.value() ^ change));
  }
};

class MarkRun {
 public:
  static constexpr size_t kMostMarks = 65535;

  // At most kMostMarks.
  MarkRun(std::span<const Uint128> hashes, Slabs& slabs);

  size_t size() const { return size_; }
  // Of memory.
  uint64_t bytes() const { return size_ * sizeof(Mark) + kEndsBytes; }
  // Makes it the run of the hashes with these bits flipped.
  void flip(Uint128 bits) { change_ ^= bits; }
  MarkSegment segment(size_t bucket) const {
    const size_t place = bucket ^ mark_bucket(change_);
    return {{marks_ + ends_[place], marks_ + ends_[place + 1]}, change_};
  }
  // Asks for what segment() will read. Inlined, for GCC drops calls that only prefetch.
  [[gnu::always_inline]] void prefetch_place(size_t bucket) const {
    __builtin_prefetch(ends_ + (bucket ^ mark_bucket(change_)));
  }
  [[gnu::always_inline]] void prefetch(size_t bucket) const {
    constexpr size_t kLineMarks = 5;
    constexpr size_t kMostAhead = 128;
    const std::span<const Mark> marks = segment(bucket).marks;
    for (size_t i = 0; i < marks.size() && i < kMostAhead; i += kLineMarks) {
      __builtin_prefetch(&marks[i]);
    }
  }

 private:
  static constexpr size_t kEndsBytes = (kMarkBuckets + 1) * sizeof(uint16_t);

  size_t size_;
  Uint128 change_ = 0;
  std::shared_ptr<char> memory_;
  uint16_t* ends_;  // of the buckets before each
  Mark* marks_;
};

}  // namespace rdbproof
