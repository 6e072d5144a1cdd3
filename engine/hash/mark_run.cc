#include "engine/hash/mark_run.h"

#include <new>
#include <utility>

namespace rdbproof {

MarkRun::MarkRun(std::span<const Uint128> hashes, Slabs& slabs)
    : size_(hashes.size()), memory_(slabs.allocate(bytes())) {
  marks_ = new (memory_.get()) Mark[size_];
  ends_ = new (memory_.get() + size_ * sizeof(Mark)) uint16_t[kMarkBuckets + 1];
  std::array<uint16_t, kMarkBuckets> next{};
  for (const Uint128 hash : hashes) ++next[mark_bucket(hash)];
  uint16_t end = 0;
  for (size_t i = 0; i < kMarkBuckets; ++i) {
    ends_[i] = end;
    end = static_cast<uint16_t>(end + std::exchange(next[i], end));
  }
  ends_[kMarkBuckets] = end;
  for (const Uint128 hash : hashes) marks_[next[mark_bucket(hash)]++] = Mark(hash);
}

}  // namespace rdbproof
