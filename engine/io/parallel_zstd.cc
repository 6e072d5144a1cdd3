#include "engine/io/parallel_zstd.h"

#include <algorithm>
#include <deque>
#include <future>
#include <optional>
#include <utility>

#include "engine/base/bytes.h"
#include "engine/io/decompress.h"
#include "engine/io/pages.h"
#include "engine/io/read_ahead.h"
#include "engine/io/zstd_cutter.h"

namespace rdbproof {
namespace {

// Bounds of memory: tasks have a window each, another is begun while less than this is held by
// those begun, and one more may hold as much as the cutter gives.
constexpr unsigned kMaxTasks = 5;
constexpr uint64_t kAheadBytes = uint64_t{32} << 20;
constexpr uint64_t kMemoryBytes = kMaxTasks * kZstdWindowBytes + kAheadBytes +
                                  ZstdCutter::kMaxClaimedBytes +
                                  2 * ZstdCutter::kMaxCompressedBytes;
static_assert(kMemoryBytes <= uint64_t{128} << 20);
// For frames that do not tell their size, at first.
constexpr uint64_t kUnknownBytes = uint64_t{8} << 20;

// Buffers are used again, and more often so when their sizes are round.
constexpr uint64_t kRoundBytes = uint64_t{1} << 20;

Bytes bytes_of(const Pages& pages) {
  return {pages.data(), pages.size()};
}

// What `frames` give, in `into`; nothing unless they are sound and it has room for that.
std::optional<Bytes> decompress_within(Bytes frames, const Pages& into) {
  auto stream =
      decompress_zstd(std::make_unique<BytesStream>(frames), Frames::kMany, kZstdWindowBytes);
  if (!stream) return std::nullopt;
  const auto got = read_fully(**stream, into.data(), into.size());
  char beyond = 0;
  const auto more = (*stream)->read(&beyond, 1);
  if (!got || !more || *more != 0 || (*stream)->damage()) return std::nullopt;
  return Bytes(into.data(), *got);
}

// Frames being decompressed. Destruction waits for it.
struct Task {
  Task(ZstdFrames cut, Pages into)
      : frames(std::move(cut)),
        buffer(std::move(into)),
        // Where no thread can be had, the reader does it.
        result(std::async(std::launch::async | std::launch::deferred, [this] {
          return decompress_within(bytes_of(frames.compressed), buffer);
        })) {}

  uint64_t held_bytes() const { return frames.compressed.size() + buffer.size(); }

  ZstdFrames frames;
  Pages buffer;
  std::future<std::optional<Bytes>> result;  // the last member: the task uses the others
};

class ParallelZstdStream final : public ByteStream {
 public:
  ParallelZstdStream(std::unique_ptr<ByteStream> source, std::shared_ptr<Interrupt> interrupt,
                     uint64_t max_window_bytes, size_t tasks)
      : interrupt_(std::move(interrupt)),
        max_window_bytes_(max_window_bytes),
        most_tasks_(tasks),
        cutter_(std::make_unique<ZstdCutter>(std::move(source))) {}

  Result<size_t> read(char* into, size_t capacity) override;
  const std::optional<Finding>& damage() const override { return damage_; }
  uint64_t bytes_in() const override {
    return cutter_ || !current_ ? bytes_in_ : current_->bytes_in();
  }

 private:
  void start_tasks();
  void end_task();
  Result<void> advance();
  Pages make_buffer(const ZstdFrames& frames);
  Result<std::unique_ptr<ByteStream>> open_task();

  std::shared_ptr<Interrupt> interrupt_;
  uint64_t max_window_bytes_;
  size_t most_tasks_;
  std::unique_ptr<ZstdCutter> cutter_;       // null once it is read as a stream
  std::deque<std::unique_ptr<Task>> tasks_;  // in the order of their frames
  std::unique_ptr<Task> task_;               // the one before them, whose bytes current_ gives
  Pages spare_;
  std::unique_ptr<ByteStream> current_;
  uint64_t current_offset_ = 0;  // of current_ in what this stream gives
  uint64_t given_ = 0;
  uint64_t bytes_in_ = 0;    // of the tasks that were given out
  uint64_t held_bytes_ = 0;  // by all tasks
  uint64_t unknown_bytes_ = kUnknownBytes;
  std::optional<Finding> damage_;
};

Result<size_t> ParallelZstdStream::read(char* into, size_t capacity) {
  while (!damage_) {
    if (!current_) {
      TRY_VOID(advance());
    }
    TRY(const size_t got, current_->read(into, capacity));
    given_ += got;
    if (got != 0) return got;
    damage_ = current_->damage();
    if (damage_) damage_->offset += current_offset_;
    if (!cutter_) break;
    current_.reset();
  }
  return size_t{0};
}

Result<void> ParallelZstdStream::advance() {
  end_task();
  start_tasks();
  current_offset_ = given_;
  if (tasks_.empty()) {
    const Frames frames = bytes_in_ == 0 ? Frames::kMany : Frames::kMore;
    TRY(auto rest, decompress_zstd(std::move(cutter_), frames, max_window_bytes_));
    spare_ = Pages();
    current_ = std::make_unique<ReadAheadStream>(std::move(rest), interrupt_);
    return {};
  }
  task_ = std::move(tasks_.front());
  tasks_.pop_front();
  TRY(current_, open_task());
  return {};
}

void ParallelZstdStream::start_tasks() {
  while (tasks_.size() < most_tasks_ && held_bytes_ < kAheadBytes) {
    std::optional<ZstdFrames> frames = cutter_->next();
    if (!frames) return;
    Pages buffer = make_buffer(*frames);
    tasks_.push_back(std::make_unique<Task>(std::move(*frames), std::move(buffer)));
    held_bytes_ += tasks_.back()->held_bytes();
  }
}

Pages ParallelZstdStream::make_buffer(const ZstdFrames& frames) {
  const uint64_t claimed = frames.claimed_bytes + (frames.has_unknown_size ? unknown_bytes_ : 0);
  const uint64_t rounded = (claimed + kRoundBytes - 1) / kRoundBytes * kRoundBytes;
  const size_t capacity = std::min(rounded, ZstdCutter::kMaxClaimedBytes);
  if (spare_.size() >= capacity) return std::move(spare_);
  return Pages(capacity);
}

// What failed is done again as a stream, which tells why.
Result<std::unique_ptr<ByteStream>> ParallelZstdStream::open_task() {
  const std::optional<Bytes> plain = task_->result.get();
  if (plain) return std::make_unique<BytesStream>(*plain);
  if (task_->frames.has_unknown_size) {
    unknown_bytes_ = std::min(2 * unknown_bytes_, ZstdCutter::kMaxClaimedBytes);
  }
  return decompress_zstd(std::make_unique<BytesStream>(bytes_of(task_->frames.compressed)),
                         Frames::kMany, max_window_bytes_);
}

void ParallelZstdStream::end_task() {
  if (!task_) return;
  bytes_in_ += task_->frames.compressed.size();
  held_bytes_ -= task_->held_bytes();
  spare_ = std::move(task_->buffer);
  task_.reset();
}

}  // namespace

Result<std::unique_ptr<ByteStream>> decompress_zstd_parallel(std::unique_ptr<ByteStream> source,
                                                             std::shared_ptr<Interrupt> interrupt,
                                                             uint64_t max_window_bytes,
                                                             unsigned threads) {
  if (max_window_bytes < kMemoryBytes) {
    TRY(auto stream, decompress_zstd(std::move(source), Frames::kMany, max_window_bytes));
    return std::make_unique<ReadAheadStream>(std::move(stream), std::move(interrupt));
  }
  return std::make_unique<ParallelZstdStream>(std::move(source), std::move(interrupt),
                                              max_window_bytes,
                                              std::min(threads, kMaxTasks - 1) + 1);
}

}  // namespace rdbproof
