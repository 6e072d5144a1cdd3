// Differences in order, however many: beyond a budget on disk.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/scratch.h"
#include "engine/diff/difference.h"

namespace rdbproof {

class DifferenceStore {
 public:
  // Keeps the first `most` in order.
  DifferenceStore(uint64_t most, uint64_t memory_bytes, OpenScratch open_scratch);

  // Thread-safe.
  Result<void> add(std::vector<Difference>&& some);

  // After the last add(): up to `count` of those that follow, in order; none behind the last.
  Result<std::vector<Difference>> next(size_t count);

 private:
  // A sorted part of them: in memory, or what of it was read from disk.
  struct Run {
    std::vector<Difference> piece;
    size_t used = 0;
    uint64_t offset = 0;  // of what is left on disk
    uint64_t left = 0;
  };

  void keep_first();
  Result<void> spill();
  Result<void> refill(Run& run);
  Result<void> begin();

  uint64_t most_;
  uint64_t most_in_memory_;
  OpenScratch open_scratch_;
  std::mutex mutex_;
  std::vector<Difference> newest_;
  std::unique_ptr<Scratch> scratch_;
  std::vector<Run> runs_;
  bool begun_ = false;
  uint64_t given_ = 0;
};

}  // namespace rdbproof
