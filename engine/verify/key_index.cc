#include "engine/verify/key_index.h"

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <mutex>

namespace rdbproof {

void KeyIndex::absorb(const KeyNames& names, uint64_t database) {
  marks_ += names.marks_.size();
  if (marks_ > max_marks_ && !gave_up_) {
    gave_up_ = true;
    index_.clear();
  }
  if (gave_up_) return;
  size_t i = 0;
  for (; i < names.nameless_; ++i) index_.add(complete_mark(names.marks_[i], database));
  for (; i < names.marks_.size(); ++i) index_.add(names.marks_[i]);
}

std::vector<Mark> KeyIndex::find_repeated(unsigned threads) const {
  std::vector<Mark> all;
  std::mutex mutex;
  // Without this oneTBB warns on standard error where there are fewer cores.
  const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, threads);
  tbb::task_arena arena(static_cast<int>(threads));
  arena.execute([&] {
    tbb::parallel_for(size_t{0}, MarkIndex::kBuckets, [&](size_t i) {
      const std::vector<Mark> repeated = index_.repeated_in(i);
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
