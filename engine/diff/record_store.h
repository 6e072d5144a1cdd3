// The records of all keys of one side, by bucket: in memory, or beyond a budget on disk.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/scratch.h"
#include "engine/verify/key_records.h"

namespace rdbproof {

class RecordStore {
 public:
  // Takes `memory_bytes`, and then disk. Spills with the threads of the caller's task arena.
  RecordStore(uint64_t memory_bytes, OpenScratch open_scratch)
      : memory_bytes_(memory_bytes), open_scratch_(std::move(open_scratch)) {}

  Result<void> add(KeyRecordBatch&& batch);
  // After the last add().
  Result<void> finish();

  uint64_t size() const { return size_; }
  uint64_t count(size_t bucket) const;
  // Of temporary files.
  uint64_t disk_bytes() const { return scratch_ ? scratch_->size() : 0; }

  // Gives the records of a bucket, piece by piece, in memory that the caller lends. Several threads
  // may call it at a time:
  //   visit(std::vector<KeyRecord>&)
  template <class Visit>
  Result<void> visit(size_t bucket, std::vector<KeyRecord>& piece, const Visit& visit_piece) const {
    for (const KeyRecordRun& run : runs_) {
      piece.clear();
      run.copy(bucket, piece);
      if (!piece.empty()) visit_piece(piece);
    }
    for (const Extent& extent : extents_[bucket]) {
      TRY_VOID(read(extent, piece));
      visit_piece(piece);
    }
    return {};
  }

 private:
  struct Extent {
    uint64_t offset;
    uint32_t stored_bytes;
    uint32_t count;
  };
  // Of an extent, which must be read as a whole.
  static constexpr size_t kMostInExtent = size_t{1} << 14;

  Result<void> add_run(KeyRecordRun run);
  Result<void> seal_few();
  Result<void> spill();
  Result<void> read(const Extent& extent, std::vector<KeyRecord>& records) const;

  uint64_t memory_bytes_;
  OpenScratch open_scratch_;
  uint64_t size_ = 0;
  uint64_t used_bytes_ = 0;
  Slabs slabs_;
  std::vector<KeyRecord> few_;  // of parts that had few
  std::vector<KeyRecordRun> runs_;
  std::unique_ptr<Scratch> scratch_;
  std::array<std::vector<Extent>, kKeyBuckets> extents_;
};

}  // namespace rdbproof
