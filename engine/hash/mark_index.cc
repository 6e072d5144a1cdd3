#include "engine/hash/mark_index.h"

#include <algorithm>
#include <array>
#include <utility>

#include "engine/hash/mark_table.h"

namespace rdbproof {
namespace {

// Where the marks of each bucket begin in a run on disk, in marks behind these; and where they end.
using Places = std::array<uint64_t, kMarkBuckets + 1>;

constexpr size_t kBufferMarks = 16384;

template <class T>
Bytes as_bytes(std::span<const T> items) {
  return {reinterpret_cast<const char*>(items.data()), items.size_bytes()};
}

}  // namespace

const MarkStorage& memory_for_marks() {
  constexpr uint64_t kPlenty = uint64_t{1} << 62;
  static MemoryBudget memory(kPlenty);
  static const MarkStorage storage{memory, [] { return fail("no memory"); }, kPlenty};
  return storage;
}

// Collects marks into larger pieces.
class MarkIndex::Writer {
 public:
  explicit Writer(Scratch& scratch) : scratch_(scratch) { buffer_.reserve(kBufferMarks); }

  Result<void> add(const MarkSegment& segment) {
    Result<void> result;
    segment.visit([&](const Mark& mark) {
      buffer_.push_back(mark);
      if (buffer_.size() == kBufferMarks && result) result = flush();
    });
    return result;
  }
  Result<void> flush() {
    const Result<void> result = scratch_.append(as_bytes(std::span<const Mark>(buffer_)));
    buffer_.clear();
    return result;
  }

 private:
  Scratch& scratch_;
  std::vector<Mark> buffer_;
};

void MarkIndex::clear() {
  runs_.clear();
  storage_.memory.give_back(std::exchange(charged_, 0));
  scratch_.reset();
  disk_runs_.clear();
}

Result<void> MarkIndex::add(MarkRun run) {
  const uint64_t bytes = run.bytes();
  runs_.push_back(std::move(run));
  if (!storage_.memory.take(bytes)) return spill();
  charged_ += bytes;
  return {};
}

Result<void> MarkIndex::spill() {
  if (!scratch_) {
    TRY(scratch_, storage_.open_scratch());
  }
  const uint64_t begin = scratch_->size();
  Places places{};
  for (size_t bucket = 0; bucket < kMarkBuckets; ++bucket) {
    places[bucket + 1] = places[bucket];
    for (const MarkRun& run : runs_) places[bucket + 1] += run.segment(bucket).marks.size();
  }
  TRY_VOID(scratch_->append(as_bytes(std::span<const uint64_t>(places))));
  Writer writer(*scratch_);
  for (size_t bucket = 0; bucket < kMarkBuckets; ++bucket) {
    for (const MarkRun& run : runs_) {
      TRY_VOID(writer.add(run.segment(bucket)));
    }
  }
  TRY_VOID(writer.flush());
  disk_runs_.push_back(begin);
  runs_.clear();
  storage_.memory.give_back(std::exchange(charged_, 0));
  return {};
}

Result<std::vector<MarkIndex::DiskSegment>> MarkIndex::segments_on_disk(size_t bucket) const {
  std::vector<DiskSegment> segments;
  for (const uint64_t begin : disk_runs_) {
    std::array<uint64_t, 2> place;
    TRY_VOID(scratch_->read(begin + bucket * sizeof(uint64_t), reinterpret_cast<char*>(&place),
                            sizeof place));
    if (place[0] == place[1]) continue;
    segments.push_back({begin + sizeof(Places) + place[0] * sizeof(Mark), place[1] - place[0]});
  }
  return segments;
}

template <class Visit>
Result<void> MarkIndex::visit(size_t bucket, const std::vector<DiskSegment>& on_disk,
                              Workspace& workspace, const Visit& visit_segment) const {
  constexpr size_t kAhead = 4;  // a run is somewhere else in memory than the one before
  for (size_t i = 0; i < runs_.size(); ++i) {
    if (i + 2 * kAhead < runs_.size()) runs_[i + 2 * kAhead].prefetch_place(bucket);
    if (i + kAhead < runs_.size()) runs_[i + kAhead].prefetch(bucket);
    TRY_VOID(visit_segment(runs_[i].segment(bucket)));
  }
  for (const DiskSegment& segment : on_disk) {
    for (uint64_t done = 0; done < segment.count;) {
      workspace.buffer.resize(std::min<uint64_t>(segment.count - done, kBufferMarks));
      TRY_VOID(scratch_->read(segment.offset + done * sizeof(Mark),
                              reinterpret_cast<char*>(workspace.buffer.data()),
                              workspace.buffer.size() * sizeof(Mark)));
      done += workspace.buffer.size();
      TRY_VOID(visit_segment(MarkSegment{workspace.buffer}));
    }
  }
  return {};
}

Result<void> MarkIndex::find_repeated(size_t bucket, Workspace& workspace,
                                      Repetitions& found) const {
  TRY(const std::vector<DiskSegment> on_disk, segments_on_disk(bucket));
  uint64_t count = 0;
  for (const MarkRun& run : runs_) count += run.segment(bucket).marks.size();
  for (const DiskSegment& segment : on_disk) count += segment.count;
  if (count < 2) return {};
  if (DistinctFilter::bytes_for(count) <= storage_.table_bytes) {
    DistinctFilter& filter = workspace.filter;
    filter.begin(count);
    TRY_VOID(visit(bucket, on_disk, workspace, [&](const MarkSegment& segment) -> Result<void> {
      const auto change = static_cast<uint64_t>(segment.change);
      filter.add(segment.marks, [change](const Mark& mark) { return mark.low() ^ change; });
      return {};
    }));
    if (filter.surely_distinct()) return {};
  }
  return compare(bucket, on_disk, count, workspace, found);
}

// What the table has no room for goes to another index, in buckets of its own. Equal marks take one
// place in a table, so each level has fewer, and others than those that crowd this bucket.
Result<void> MarkIndex::compare(size_t bucket, const std::vector<DiskSegment>& on_disk,
                                uint64_t count, Workspace& workspace, Repetitions& found) const {
  MarkTable table(count, storage_.table_bytes, 2 * level_);
  const MarkSpread spread(2 * level_ + 1);
  std::unique_ptr<MarkIndex> rest;
  std::vector<Uint128> rest_hashes;
  Slabs slabs;
  const auto put_aside = [&](const Mark& mark) -> Result<void> {
    if (!rest) rest.reset(new MarkIndex(storage_, level_ + 1));
    rest_hashes.push_back(make_uint128(spread(mark), 0) >> 96 << 96 | mark.value());
    if (rest_hashes.size() < kBufferMarks) return {};
    MarkRun run(rest_hashes, slabs);
    rest_hashes.clear();
    return rest->add(std::move(run));
  };
  const auto look_up = [&](const MarkSegment& segment) -> Result<void> {
    Result<void> result;
    segment.visit([&](const Mark& mark) {
      const MarkTable::Answer answer = table.add(mark);
      if (answer == MarkTable::Answer::kMet) found.add(mark);
      if (answer == MarkTable::Answer::kFull && result) result = put_aside(mark);
    });
    return result;
  };
  TRY_VOID(visit(bucket, on_disk, workspace, look_up));
  if (!rest) return {};
  TRY_VOID(rest->add(MarkRun(rest_hashes, slabs)));
  table = MarkTable(0, 0, 0);
  return rest->find_all_repeated(workspace, found);
}

Result<void> MarkIndex::find_all_repeated(Workspace& workspace, Repetitions& found) const {
  for (size_t bucket = 0; bucket < kMarkBuckets; ++bucket) {
    TRY_VOID(find_repeated(bucket, workspace, found));
  }
  return {};
}

}  // namespace rdbproof
