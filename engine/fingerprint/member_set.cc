#include "engine/fingerprint/member_set.h"

#include <algorithm>
#include <bit>

namespace rdbproof {

bool MemberSet::has_repetition_in_few() const {
  for (size_t i = 1; i < hashes_.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (hashes_[i] == hashes_[j]) return true;
    }
  }
  return false;
}

// By an open-addressing table.
bool MemberSet::has_equal_low_halves() {
  slots_.assign(std::bit_ceil(hashes_.size() * 2), 0);
  const size_t mask = slots_.size() - 1;
  for (const Uint128 hash : hashes_) {
    const uint64_t low = static_cast<uint64_t>(hash) | 1;  // 0 is a free slot
    size_t slot = (low >> 1) & mask;
    while (slots_[slot] != 0 && slots_[slot] != low) slot = (slot + 1) & mask;
    if (slots_[slot] == low) return true;
    slots_[slot] = low;
  }
  return false;
}

bool MemberSet::has_repetition() {
  constexpr size_t kFew = 12;
  constexpr size_t kMostInTable = size_t{1} << 20;  // beyond, the table would need too much memory
  if (hashes_.size() <= kFew) return has_repetition_in_few();
  if (hashes_.size() <= kMostInTable && !has_equal_low_halves()) return false;
  std::ranges::sort(hashes_);
  return std::ranges::adjacent_find(hashes_) != hashes_.end();
}

}  // namespace rdbproof
