#include "engine/diff/difference_store.h"

#include <algorithm>
#include <span>
#include <utility>

namespace rdbproof {
namespace {

constexpr uint64_t kFewestInMemory = 1024;
// Of a run on disk, at a time.
constexpr uint64_t kPiece = 512;

}  // namespace

DifferenceStore::DifferenceStore(uint64_t most, uint64_t memory_bytes, OpenScratch open_scratch)
    : most_(most),
      most_in_memory_(std::max(memory_bytes / sizeof(Difference), kFewestInMemory)),
      open_scratch_(std::move(open_scratch)) {}

Result<void> DifferenceStore::add(std::vector<Difference>&& some) {
  const std::lock_guard lock(mutex_);
  newest_.insert(newest_.end(), some.begin(), some.end());
  if (newest_.size() < most_in_memory_) return {};
  keep_first();
  return newest_.size() < most_in_memory_ / 2 ? Result<void>() : spill();
}

void DifferenceStore::keep_first() {
  if (newest_.size() <= most_) return;
  std::nth_element(newest_.begin(), newest_.begin() + static_cast<ptrdiff_t>(most_), newest_.end());
  newest_.resize(most_);
}

Result<void> DifferenceStore::spill() {
  if (!scratch_) {
    TRY(scratch_, open_scratch_());
  }
  std::sort(newest_.begin(), newest_.end());
  runs_.push_back({{}, 0, scratch_->size(), newest_.size()});
  const std::span<const Difference> all(newest_);
  TRY_VOID(scratch_->append({reinterpret_cast<const char*>(all.data()), all.size_bytes()}));
  newest_.clear();
  return {};
}

Result<void> DifferenceStore::begin() {
  begun_ = true;
  std::sort(newest_.begin(), newest_.end());
  runs_.push_back({std::move(newest_), 0, 0, 0});
  for (Run& run : runs_) {
    TRY_VOID(refill(run));
  }
  return {};
}

Result<void> DifferenceStore::refill(Run& run) {
  if (run.used < run.piece.size() || run.left == 0) return {};
  run.piece.resize(std::min(run.left, kPiece));
  run.used = 0;
  const size_t bytes = run.piece.size() * sizeof(Difference);
  TRY_VOID(scratch_->read(run.offset, reinterpret_cast<char*>(run.piece.data()), bytes));
  run.offset += bytes;
  run.left -= run.piece.size();
  return {};
}

Result<std::vector<Difference>> DifferenceStore::next(size_t count) {
  if (!begun_) {
    TRY_VOID(begin());
  }
  std::vector<Difference> out;
  while (out.size() < count && given_ < most_) {
    Run* first = nullptr;
    for (Run& run : runs_) {
      if (run.used == run.piece.size()) continue;
      if (first == nullptr || run.piece[run.used] < first->piece[first->used]) first = &run;
    }
    if (first == nullptr) break;
    out.push_back(first->piece[first->used++]);
    ++given_;
    TRY_VOID(refill(*first));
  }
  return out;
}

}  // namespace rdbproof
