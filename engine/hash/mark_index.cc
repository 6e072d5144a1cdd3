#include "engine/hash/mark_index.h"

#include <algorithm>
#include <bit>

namespace rdbproof {

void MarkIndex::Bucket::grow() {
  chunks_.push_back(std::make_unique_for_overwrite<Mark[]>(kChunk));
  next_ = chunks_.back().get();
  end_ = next_ + kChunk;
}

void MarkIndex::clear() {
  for (Bucket& bucket : buckets_) bucket = Bucket();
}

// By an open-addressing table of the low 64 bits. Where these are equal, or where somebody chose
// things that crowd the table, the whole marks decide: sorting is for the few buckets in which that
// happens.
std::vector<Mark> MarkIndex::repeated_in(size_t number) const {
  const Bucket& bucket = buckets_[number];
  size_t count = 0;
  bucket.visit([&](std::span<const Mark> marks) { count += marks.size(); });
  thread_local std::vector<uint64_t> slots;
  slots.assign(std::bit_ceil(count * 2 + 1), 0);
  const size_t mask = slots.size() - 1;
  constexpr size_t kMostProbes = 16;  // a mark, on average; random ones need less than one
  size_t probes_left = count * kMostProbes;
  bool suspicious = false;
  bucket.visit([&](std::span<const Mark> marks) {
    for (const Mark& mark : marks) {
      const uint64_t low = mark.low() | 1;  // 0 is free; the lowest bits are those of the bucket
      size_t slot = (low >> std::bit_width(kBuckets)) & mask;
      while (slots[slot] != 0 && slots[slot] != low && probes_left != 0) {
        slot = (slot + 1) & mask;
        --probes_left;
      }
      suspicious |= slots[slot] == low || probes_left == 0;
      if (suspicious) return;
      slots[slot] = low;
    }
  });
  std::vector<Mark> repeated;
  if (!suspicious) return repeated;
  std::vector<Mark> sorted;
  bucket.visit([&](std::span<const Mark> marks) {
    sorted.insert(sorted.end(), marks.begin(), marks.end());
  });
  std::ranges::sort(sorted);
  for (size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i] == sorted[i - 1]) repeated.push_back(sorted[i]);
  }
  return repeated;
}

}  // namespace rdbproof
