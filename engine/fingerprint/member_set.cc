#include "engine/fingerprint/member_set.h"

#include <algorithm>

namespace rdbproof {
namespace {

// A bit a hash: surely distinct where none was set before. Few hashes in many bits rarely meet.
template <size_t kWords>
bool have_own_bits(std::span<const Uint128> hashes) {
  std::array<uint64_t, kWords> seen{};
  uint64_t met = 0;
  for (const Uint128 hash : hashes) {
    const auto low = static_cast<uint64_t>(hash);
    uint64_t& word = seen[(low >> 6) % kWords];
    const uint64_t bit = uint64_t{1} << (low % 64);
    met |= word & bit;
    word |= bit;
  }
  return met == 0;
}

}  // namespace

void MemberSet::move_to_groups() {
  if (!groups_) groups_ = std::make_unique_for_overwrite<Uint128[]>(kGroups * kGroupSize);
  is_grouped_ = true;
  for (const Uint128 hash : std::span(first_.get(), count_)) {
    const auto number = static_cast<size_t>(hash >> (128 - kGroupBits));
    groups_[number * kGroupSize + counts_[number]] = hash;
    if (++counts_[number] == kGroupSize) move_to_index(number);
  }
  count_ = 0;
}

void MemberSet::reset() {
  compared_ = false;
  has_verdict_ = false;
  count_ = 0;
  is_grouped_ = false;
  counts_.fill(0);
  index_.reset();
  repeated_.reset();
  failure_.reset();
}

void MemberSet::move_to_index(size_t number) {
  if (!index_) index_ = std::make_unique<MarkIndex>(storage_);
  if (!failure_ && counts_[number] != 0) {
    const Result<void> added = index_->add(MarkRun(group(number), slabs_));
    if (!added) {
      failure_ = added.error().message;
      index_->clear();
    }
  }
  counts_[number] = 0;
}

bool MemberSet::are_surely_distinct(std::span<const Uint128> hashes) {
  constexpr size_t kFewest = 16;
  constexpr size_t kMostInBits = 64;
  if (hashes.size() <= kFewest && have_own_bits<64>(hashes)) return true;
  if (hashes.size() <= kMostInBits && have_own_bits<256>(hashes)) return true;
  DistinctFilter& filter = workspace_.filter;
  filter.begin(hashes.size());
  filter.add(hashes, [](Uint128 hash) { return static_cast<uint64_t>(hash); });
  return filter.surely_distinct();
}

void MemberSet::compare_group(std::span<Uint128> hashes) {
  if (are_surely_distinct(hashes)) return;
  std::ranges::sort(hashes);
  const auto place = std::ranges::adjacent_find(hashes);
  if (place != hashes.end()) repeated_ = Mark(*place);
}

Result<void> MemberSet::compare_index() {
  Repetitions found;
  for (size_t bucket = 0; bucket < kMarkBuckets && !repeated_; ++bucket) {
    TRY_VOID(index_->find_repeated(bucket, workspace_, found));
    if (found.total() != 0) repeated_ = found.marks().front();
  }
  return {};
}

void MemberSet::compare() {
  compared_ = true;
  if (!is_grouped_) return compare_group({first_.get(), count_});
  if (!index_) {
    for (size_t i = 0; i < kGroups && !repeated_; ++i) compare_group(group(i));
    return;
  }
  for (size_t i = 0; i < kGroups; ++i) move_to_index(i);
  if (!failure_) {
    const Result<void> compared = compare_index();
    if (!compared) failure_ = compared.error().message;
  }
  index_.reset();
}

}  // namespace rdbproof
