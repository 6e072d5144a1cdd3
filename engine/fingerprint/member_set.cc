#include "engine/fingerprint/member_set.h"

#include <algorithm>
#include <bit>

namespace rdbproof {

void MemberSet::clear() {
  few_.clear();
  index_.reset();
  indexed_ = 0;
  gave_up_ = false;
}

void MemberSet::move_to_index() {
  if (!index_) index_ = std::make_unique<MarkIndex>();
  for (const Uint128 hash : few_) {
    if (indexed_ == max_members_) {
      gave_up_ = true;
      break;
    }
    ++indexed_;
    index_->add(Mark(hash));
  }
  few_.clear();
}

bool MemberSet::has_repetition_in_pairs() const {
  for (size_t i = 1; i < few_.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (few_[i] == few_[j]) return true;
    }
  }
  return false;
}

// By an open-addressing table. True also where somebody chose members that crowd it: then sorting
// decides.
bool MemberSet::has_equal_low_halves() {
  slots_.assign(std::bit_ceil(few_.size() * 2), 0);
  const size_t mask = slots_.size() - 1;
  size_t probes_left = few_.size() * kMostProbes;
  for (const Uint128 hash : few_) {
    const uint64_t low = static_cast<uint64_t>(hash) | 1;  // 0 is a free slot
    size_t slot = (low >> 1) & mask;
    while (slots_[slot] != 0 && slots_[slot] != low && probes_left != 0) {
      slot = (slot + 1) & mask;
      --probes_left;
    }
    if (probes_left == 0) return true;
    if (slots_[slot] == low) return true;
    slots_[slot] = low;
  }
  return false;
}

std::optional<Mark> MemberSet::repeated_in_index() {
  move_to_index();
  for (size_t bucket = 0; bucket < MarkIndex::kBuckets; ++bucket) {
    const std::vector<Mark> repeated = index_->repeated_in(bucket);
    if (!repeated.empty()) return *std::ranges::min_element(repeated);
  }
  return {};
}

std::optional<Mark> MemberSet::repeated() {
  constexpr size_t kMostInPairs = 12;
  if (index_) return repeated_in_index();
  const bool suspect =
      few_.size() <= kMostInPairs ? has_repetition_in_pairs() : has_equal_low_halves();
  if (!suspect) return {};
  std::ranges::sort(few_);
  const auto place = std::ranges::adjacent_find(few_);
  if (place == few_.end()) return {};
  return Mark(*place);
}

}  // namespace rdbproof
