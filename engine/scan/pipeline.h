// The one parallel driver: frames in, parts out, in order.
#pragma once

#include <tbb/global_control.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <functional>
#include <memory>
#include <optional>

#include "engine/scan/frame_cutter.h"

namespace rdbproof {

struct PipelineOptions {
  unsigned threads = 1;
  // Called with the bytes of the file used so far, from one thread at a time; may be empty.
  std::function<void(uint64_t done)> progress{};
};

// Cuts frames one after the other, works on them in parallel, and hands the parts on in the order
// of the file:
//   work(const Frame&) -> std::unique_ptr<Part>, on any thread, also two at a time
//   consume(std::unique_ptr<Part>), one at a time, in order
// At most four frames a thread are in flight, which bounds the memory of a stream.
template <class Work, class Consume>
Result<void> run_pipeline(FrameCutter& cutter, const PipelineOptions& options, const Work& work,
                          const Consume& consume) {
  using PartPointer = decltype(work(std::declval<const Frame&>()));
  std::optional<Error> error;
  const auto cut = [&](tbb::flow_control& control) -> std::shared_ptr<Frame> {
    Result<std::optional<Frame>> frame = cutter.next();
    if (!frame) error = std::move(frame).error();
    if (error || !*frame) {
      control.stop();
      return nullptr;
    }
    if (options.progress) options.progress(cutter.bytes_in());
    return std::make_shared<Frame>(std::move(**frame));
  };
  // Parts travel by raw pointer: the pipeline copies what it passes.
  const auto work_on = [&](const std::shared_ptr<Frame>& frame) { return work(*frame).release(); };
  using Part = typename PartPointer::element_type;
  const auto finish = [&](Part* part) { consume(PartPointer(part)); };
  // Without this oneTBB makes no more threads than there are cores.
  const tbb::global_control allowed(tbb::global_control::max_allowed_parallelism, options.threads);
  tbb::task_arena arena(static_cast<int>(options.threads));
  arena.execute([&] {
    tbb::parallel_pipeline(
        options.threads * 4,
        tbb::make_filter<void, std::shared_ptr<Frame>>(tbb::filter_mode::serial_in_order, cut) &
            tbb::make_filter<std::shared_ptr<Frame>, Part*>(tbb::filter_mode::parallel, work_on) &
            tbb::make_filter<Part*, void>(tbb::filter_mode::serial_in_order, finish));
  });
  if (error) return tl::unexpected(*error);
  return {};
}

}  // namespace rdbproof
