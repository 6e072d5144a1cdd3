#include "engine/hash/distinct_filter.h"

#include <algorithm>

namespace rdbproof {

void DistinctFilter::begin_table(size_t count) {
  slots_.assign(std::max<uint64_t>(count * kSlotsPerNumber, 1), 0);
  waiting_count_ = 0;
}

void DistinctFilter::begin(size_t count) {
  begin_table(count);
  any_equal_ = false;
  if (count < waiting_capacity_) return;
  waiting_capacity_ = count + 1;  // add() writes one place further than it keeps
  waiting_ = std::make_unique_for_overwrite<uint64_t[]>(waiting_capacity_);
}

bool DistinctFilter::are_waiting_distinct() {
  const auto end = waiting_.get() + waiting_count_;
  std::sort(waiting_.get(), end);
  return std::adjacent_find(waiting_.get(), end) == end;
}

// A fifth of random numbers wait at each table. Where somebody chose numbers that all want the same
// slots, sorting takes over.
bool DistinctFilter::surely_distinct() {
  constexpr size_t kFew = 32;
  constexpr uint64_t kOdd = 0x9e3779b97f4a7c15;
  for (uint64_t factor = kOdd; !any_equal_ && waiting_count_ > kFew; factor *= kOdd) {
    const size_t count = waiting_count_;
    begin_table(count);
    Adder adder(*this);
    for (size_t i = 0; i < count; ++i) adder.add(waiting_[i], waiting_[i] * factor);
    adder.end();
    if (waiting_count_ > count / 2) break;
  }
  return !any_equal_ && are_waiting_distinct();
}

}  // namespace rdbproof
