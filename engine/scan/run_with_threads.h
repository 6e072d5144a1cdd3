// How many threads a run uses.
#pragma once

#include <tbb/global_control.h>
#include <tbb/task_arena.h>

namespace rdbproof {

// Runs `run` with that many threads at its disposal.
template <class Run>
void run_with_threads(unsigned threads, const Run& run) {
  // Without this oneTBB makes no more threads than there are cores, and warns where it may not.
  const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, threads);
  tbb::task_arena arena(static_cast<int>(threads));
  arena.execute(run);
}

}  // namespace rdbproof
