#include "engine/verify/find_repeated.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <mutex>
#include <optional>

namespace rdbproof {

Result<Repetitions> find_repeated(const MarkIndex& index) {
  struct Worker {
    MarkIndex::Workspace workspace;
    Repetitions found;
  };
  tbb::enumerable_thread_specific<Worker> workers;
  std::mutex mutex;
  std::optional<Error> error;
  tbb::parallel_for(size_t{0}, kMarkBuckets, [&](size_t bucket) {
    Worker& worker = workers.local();
    const Result<void> done = index.find_repeated(bucket, worker.workspace, worker.found);
    if (done) return;
    const std::lock_guard lock(mutex);
    error = done.error();
  });
  if (error) return tl::unexpected(*error);
  Repetitions all;
  for (Worker& worker : workers) all.merge(std::move(worker.found));
  return all;
}

}  // namespace rdbproof
