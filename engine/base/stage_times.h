// Where the time of a run goes, when somebody wants to know.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace rdbproof {

enum class Stage : uint8_t {
  kReading,
  kSearching,
  kFraming,
  kDecoding,
  kLzf,
  kHashing,
  kChecksum,
  kMerging,
  kComparing,
};

inline constexpr auto kStageNames = std::to_array<std::string_view>({
    "reading",    // and decompressing a stream
    "searching",  // for a boundary to begin at
    "framing", "decoding", "lzf",
    "hashing",  // fingerprints, and members against each other
    "checksum", "merging",
    "comparing",  // keys with each other
});

struct StageTime {
  uint64_t nanoseconds = 0;
  uint64_t bytes = 0;  // that the stage was about
};

struct StageTimes {
  std::array<StageTime, kStageNames.size()> stages{};

  void merge(const StageTimes& other) {
    for (size_t i = 0; i < stages.size(); ++i) {
      stages[i].nanoseconds += other.stages[i].nanoseconds;
      stages[i].bytes += other.stages[i].bytes;
    }
  }
};

// Of one thread. A stage inside another one is not part of that one's time.
class StageClock {
 public:
  // While this lives, InStage on this thread counts for `clock`; null: for nobody.
  class Use {
   public:
    explicit Use(StageClock* clock) : before_(current_) { current_ = clock; }
    ~Use() { current_ = before_; }
    Use(const Use&) = delete;
    Use& operator=(const Use&) = delete;

   private:
    StageClock* before_;
  };

  const StageTimes& times() const { return times_; }

 private:
  friend class InStage;
  using Clock = std::chrono::steady_clock;

  void pass() {
    const Clock::time_point now = Clock::now();
    if (stage_ != nullptr) {
      stage_->nanoseconds += static_cast<uint64_t>((now - since_) / std::chrono::nanoseconds(1));
    }
    since_ = now;
  }

  static thread_local constinit inline StageClock* current_ = nullptr;

  StageTimes times_;
  StageTime* stage_ = nullptr;  // the innermost; null outside of all
  Clock::time_point since_;
};

// The time from here to the end of the block is spent on `stage`, with `bytes`.
class InStage {
 public:
  explicit InStage(Stage stage, uint64_t bytes = 0) : clock_(StageClock::current_) {
    if (clock_ == nullptr) [[likely]]
      return;
    clock_->pass();
    outer_ = clock_->stage_;
    clock_->stage_ = &clock_->times_.stages[static_cast<size_t>(stage)];
    clock_->stage_->bytes += bytes;
  }
  ~InStage() {
    if (clock_ == nullptr) [[likely]]
      return;
    clock_->pass();
    clock_->stage_ = outer_;
  }
  InStage(const InStage&) = delete;
  InStage& operator=(const InStage&) = delete;

 private:
  StageClock* clock_;
  StageTime* outer_ = nullptr;
};

}  // namespace rdbproof
