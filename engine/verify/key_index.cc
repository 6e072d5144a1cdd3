#include "engine/verify/key_index.h"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <bit>
#include <mutex>

namespace rdbproof {

void KeyIndex::Bucket::grow() {
  chunks_.push_back(std::make_unique_for_overwrite<KeyMark[]>(kChunk));
  next_ = chunks_.back().get();
  end_ = next_ + kChunk;
}

void KeyIndex::absorb(const KeyNames& names, uint64_t database) {
  marks_ += names.marks_.size();
  if (marks_ > max_marks_ && !gave_up_) {
    gave_up_ = true;
    for (Bucket& bucket : buckets_) bucket = Bucket();
  }
  if (gave_up_) return;
  size_t i = 0;
  for (; i < names.nameless_; ++i) add(names.marks_[i].in(database));
  for (; i < names.marks_.size(); ++i) add(names.marks_[i]);
}

// By an open-addressing table of the low 64 bits. Where these are equal the whole marks decide:
// sorting is for the few buckets in which that happens.
std::vector<KeyMark> KeyIndex::repeated_in(const Bucket& bucket) {
  size_t count = 0;
  bucket.visit([&](std::span<const KeyMark> marks) { count += marks.size(); });
  thread_local std::vector<uint64_t> slots;
  slots.assign(std::bit_ceil(count * 2 + 1), 0);
  const size_t mask = slots.size() - 1;
  bool suspicious = false;
  bucket.visit([&](std::span<const KeyMark> marks) {
    for (const KeyMark& mark : marks) {
      const uint64_t low = mark.low() | 1;  // 0 is free; the lowest bits are those of the bucket
      size_t slot = (low >> std::bit_width(kBuckets)) & mask;
      while (slots[slot] != 0 && slots[slot] != low) slot = (slot + 1) & mask;
      suspicious |= slots[slot] == low;
      slots[slot] = low;
    }
  });
  std::vector<KeyMark> repeated;
  if (!suspicious) return repeated;
  std::vector<KeyMark> sorted;
  bucket.visit([&](std::span<const KeyMark> marks) {
    sorted.insert(sorted.end(), marks.begin(), marks.end());
  });
  std::ranges::sort(sorted);
  for (size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i] == sorted[i - 1]) repeated.push_back(sorted[i]);
  }
  return repeated;
}

std::vector<KeyMark> KeyIndex::find_repeated(unsigned threads) const {
  std::vector<KeyMark> all;
  std::mutex mutex;
  // Without this oneTBB warns on standard error where there are fewer cores.
  const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, threads);
  tbb::task_arena arena(static_cast<int>(threads));
  arena.execute([&] {
    tbb::parallel_for(size_t{0}, kBuckets, [&](size_t i) {
      const std::vector<KeyMark> repeated = repeated_in(buckets_[i]);
      const std::lock_guard lock(mutex);
      all.insert(all.end(), repeated.begin(), repeated.end());
    });
  });
  std::ranges::sort(all);
  const auto rest = std::ranges::unique(all);
  all.erase(rest.begin(), rest.end());
  return all;
}

}  // namespace rdbproof
