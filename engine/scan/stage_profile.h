// The clocks of all threads of a run.
#pragma once

#include <tbb/enumerable_thread_specific.h>

#include "engine/base/stage_times.h"

namespace rdbproof {

class StageProfile {
 public:
  explicit StageProfile(bool wanted) : wanted_(wanted) {}

  // The clock of the calling thread; null if nobody wants to know.
  StageClock* clock() { return wanted_ ? &clocks_.local() : nullptr; }
  // Once no thread uses its clock any more.
  StageTimes times() {
    StageTimes all;
    for (const StageClock& clock : clocks_) all.merge(clock.times());
    return all;
  }

 private:
  bool wanted_;
  tbb::enumerable_thread_specific<StageClock> clocks_;
};

}  // namespace rdbproof
