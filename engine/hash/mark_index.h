// Finds equal marks among any number of them: 12 bytes each in memory, and where there is no more
// of it, on disk.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/memory_budget.h"
#include "engine/base/result.h"
#include "engine/base/scratch.h"
#include "engine/hash/distinct_filter.h"
#include "engine/hash/mark_run.h"
#include "engine/hash/repetitions.h"

namespace rdbproof {

// What indexes share. Must outlive them.
struct MarkStorage {
  MemoryBudget& memory;
  OpenScratch open_scratch;
  uint64_t table_bytes;  // what each thread may use to compare
};

// As much memory as there is, and no disk.
const MarkStorage& memory_for_marks();

class MarkIndex {
 public:
  explicit MarkIndex(const MarkStorage& storage) : MarkIndex(storage, 0) {}
  ~MarkIndex() { clear(); }
  MarkIndex(const MarkIndex&) = delete;
  MarkIndex& operator=(const MarkIndex&) = delete;

  // An error means that there was no place for it; only clear() makes sense then.
  Result<void> add(MarkRun run);
  // Gives memory and disk back.
  void clear();

  // What a thread keeps from bucket to bucket.
  struct Workspace {
    DistinctFilter filter;
    std::vector<Mark> buffer;
  };
  // Adds the repetitions in a bucket. Several threads may ask at a time.
  Result<void> find_repeated(size_t bucket, Workspace& workspace, Repetitions& found) const;

 private:
  struct DiskSegment {
    uint64_t offset;
    uint64_t count;
  };
  class Writer;

  MarkIndex(const MarkStorage& storage, uint64_t level) : storage_(storage), level_(level) {}
  Result<void> spill();
  Result<std::vector<DiskSegment>> segments_on_disk(size_t bucket) const;
  template <class Visit>
  Result<void> visit(size_t bucket, const std::vector<DiskSegment>& on_disk, Workspace& workspace,
                     const Visit& visit_segment) const;
  Result<void> compare(size_t bucket, const std::vector<DiskSegment>& on_disk, uint64_t count,
                       Workspace& workspace, Repetitions& found) const;
  Result<void> find_all_repeated(Workspace& workspace, Repetitions& found) const;

  const MarkStorage& storage_;
  uint64_t level_;  // of indexes for what a bucket of another one had no room for
  std::vector<MarkRun> runs_;
  uint64_t charged_ = 0;
  std::unique_ptr<Scratch> scratch_;
  std::vector<uint64_t> disk_runs_;  // where each begins: first the places of its buckets
};

}  // namespace rdbproof
