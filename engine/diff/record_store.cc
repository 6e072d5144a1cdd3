#include "engine/diff/record_store.h"

#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <utility>

#include "engine/diff/packed_records.h"

namespace rdbproof {

Result<void> RecordStore::add(KeyRecordBatch&& batch) {
  constexpr size_t kEnoughForRun = size_t{1} << 14;
  for (KeyRecordRun& run : batch.runs) {
    TRY_VOID(add_run(std::move(run)));
  }
  few_.insert(few_.end(), batch.few.begin(), batch.few.end());
  return few_.size() < kEnoughForRun ? Result<void>() : seal_few();
}

Result<void> RecordStore::finish() {
  TRY_VOID(seal_few());
  // What is left is little beside what went to disk.
  return scratch_ && !runs_.empty() ? spill() : Result<void>();
}

Result<void> RecordStore::seal_few() {
  if (few_.empty()) return {};
  KeyRecordRun run(few_, slabs_);
  few_.clear();
  return add_run(std::move(run));
}

Result<void> RecordStore::add_run(KeyRecordRun run) {
  size_ += run.size();
  used_bytes_ += run.bytes();
  runs_.push_back(std::move(run));
  return used_bytes_ <= memory_bytes_ ? Result<void>() : spill();
}

uint64_t RecordStore::count(size_t bucket) const {
  uint64_t count = 0;
  for (const KeyRecordRun& run : runs_) count += run.count(bucket);
  for (const Extent& extent : extents_[bucket]) count += extent.count;
  return count;
}

// Some buckets at a time are packed in parallel, then written one after the other.
Result<void> RecordStore::spill() {
  constexpr size_t kAtATime = 32;
  if (!scratch_) {
    TRY(scratch_, open_scratch_());
  }
  struct Packed {
    size_t count;
    std::string bytes;
  };
  for (size_t first = 0; first < kKeyBuckets; first += kAtATime) {
    std::array<std::vector<Packed>, kAtATime> packed;
    const auto pack = [&](size_t i) {
      std::vector<KeyRecord> records;
      for (const KeyRecordRun& run : runs_) run.copy(first + i, records);
      for (std::span<const KeyRecord> left(records); !left.empty();) {
        const size_t count = std::min(left.size(), kMostInExtent);
        packed[i].push_back({count, pack_records(left.first(count))});
        left = left.subspan(count);
      }
    };
    // This may run inside of a pipeline, whose other work must not begin below this frame.
    tbb::this_task_arena::isolate([&] { tbb::parallel_for(size_t{0}, kAtATime, pack); });
    for (size_t i = 0; i < kAtATime; ++i) {
      for (const Packed& extent : packed[i]) {
        extents_[first + i].push_back({scratch_->size(), static_cast<uint32_t>(extent.bytes.size()),
                                       static_cast<uint32_t>(extent.count)});
        TRY_VOID(scratch_->append(extent.bytes));
      }
    }
  }
  runs_.clear();
  used_bytes_ = 0;
  return {};
}

Result<void> RecordStore::read(const Extent& extent, std::vector<KeyRecord>& records) const {
  std::string packed(extent.stored_bytes, '\0');
  TRY_VOID(scratch_->read(extent.offset, packed.data(), packed.size()));
  return unpack_records(packed, extent.count, records);
}

}  // namespace rdbproof
