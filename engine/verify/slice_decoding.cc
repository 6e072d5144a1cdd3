#include "engine/verify/slice_decoding.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <memory>

#include "engine/verify/find_repeated.h"

namespace rdbproof {
namespace {

class SliceSink final : public EventSink {
 public:
  explicit SliceSink(FastValue& value) : value_(value) {}
  void elements(const Key& /*key*/, std::span<const Element> batch) override {
    const InStage stage(Stage::kHashing);
    value_.add(batch);
  }

 private:
  FastValue& value_;
};

// What a thread keeps from slice to slice.
struct Worker {
  explicit Worker(const MarkStorage& storage) : value(storage) {}

  FastValue value;
  Slabs slabs;
};

struct Piece {
  SlicedValue::Slice slice;
  SlicedValue::Content content{};
  FastValue::Slice sums{};
  std::optional<MarkRun> members{};
};

class SliceDecoding {
 public:
  SliceDecoding(SlicedValue& value, const MarkStorage& storage, StageProfile* profile,
                FastValue& into)
      : value_(value), into_(into), profile_(profile), index_(storage), workers_([&storage] {
          return Worker(storage);
        }) {}

  bool run() {
    const size_t tokens = 2 * static_cast<size_t>(tbb::this_task_arena::max_concurrency());
    using tbb::filter_mode;
    tbb::parallel_pipeline(
        tokens,
        tbb::make_filter<void, Piece*>(filter_mode::serial_in_order,
                                       [&](tbb::flow_control& control) { return cut(control); }) &
            tbb::make_filter<Piece*, Piece*>(filter_mode::parallel,
                                             [&](Piece* piece) { return decode(piece); }) &
            tbb::make_filter<Piece*, void>(filter_mode::serial_in_order,
                                           [&](Piece* piece) { append(piece); }));
    if (has_failed_ || !value_.is_whole()) return false;
    compare();
    return true;
  }

 private:
  StageClock* clock() { return profile_ == nullptr ? nullptr : profile_->clock(); }

  Piece* cut(tbb::flow_control& control) {
    const StageClock::Use use(clock());
    const InStage stage(Stage::kFraming);
    std::optional<SlicedValue::Slice> slice;
    if (!has_failed_) slice = value_.next();
    if (slice) return new Piece{*slice};
    control.stop();
    return nullptr;
  }

  Piece* decode(Piece* piece) {
    const StageClock::Use use(clock());
    const InStage stage(Stage::kDecoding, piece->slice.bytes.size());
    Worker& worker = workers_.local();
    worker.value.begin();
    SliceSink sink(worker.value);
    const auto content = value_.decode(piece->slice, sink);
    if (!content) {
      has_failed_ = true;
      return piece;
    }
    piece->content = *content;
    piece->sums = worker.value.slice(content->elements);
    const std::span<const Uint128> members = worker.value.slice_members();
    if (!members.empty()) piece->members.emplace(members, worker.slabs);
    return piece;
  }

  void append(Piece* raw) {
    const StageClock::Use use(clock());
    const InStage stage(Stage::kMerging);
    const std::unique_ptr<Piece> piece(raw);
    if (has_failed_) return;
    value_.count(piece->content);
    into_.append(piece->sums);
    if (!piece->members || failure_) return;
    const Result<void> added = index_.add(std::move(*piece->members));
    if (added) return;
    failure_ = added.error().message;
    index_.clear();
  }

  void compare() {
    const InStage stage(Stage::kComparing);
    std::optional<Mark> repeated;
    if (!failure_) {
      Result<Repetitions> found = find_repeated(index_);
      if (!found) failure_ = found.error().message;
      if (found && found->total() != 0) repeated = found->marks().front();
    }
    into_.set_members(repeated, failure_);
  }

  SlicedValue& value_;
  FastValue& into_;
  StageProfile* profile_;
  MarkIndex index_;
  tbb::enumerable_thread_specific<Worker> workers_;
  std::atomic<bool> has_failed_ = false;
  std::optional<std::string> failure_;
};

}  // namespace

bool decode_slices(SlicedValue& value, const MarkStorage& storage, StageProfile* profile,
                   FastValue& into) {
  // A thread that waits here must not begin another part: its workers are busy with this one.
  return tbb::this_task_arena::isolate(
      [&] { return SliceDecoding(value, storage, profile, into).run(); });
}

}  // namespace rdbproof
