// The one parallel driver: runs of records in, parts out, in order.
#pragma once

#include <tbb/parallel_pipeline.h>

#include <functional>
#include <memory>
#include <optional>

#include "engine/scan/chunk_reader.h"
#include "engine/scan/frame_cutter.h"
#include "engine/scan/run_with_threads.h"
#include "engine/scan/stage_profile.h"

namespace rdbproof {

struct PipelineOptions {
  unsigned threads = 1;
  // Called with the bytes of the file used so far, from one thread at a time; may be empty.
  std::function<void(uint64_t done)> progress{};
  StageProfile* profile = nullptr;

  // At most that many pieces of work are on their way, which bounds the memory of a stream.
  size_t tokens() const { return size_t{threads} * 4; }
  StageClock* clock() const { return profile == nullptr ? nullptr : profile->clock(); }
};

// Cuts frames one after the other, works on them in parallel, and hands the parts on in the order
// of the file:
//   work(const Frame&) -> std::unique_ptr<Part>, on any thread, also two at a time
//   consume(std::unique_ptr<Part>), one at a time, in order
template <class Work, class Consume>
Result<void> run_pipeline(FrameCutter& cutter, const PipelineOptions& options, const Work& work,
                          const Consume& consume) {
  using PartPointer = decltype(work(std::declval<const Frame&>()));
  std::optional<Error> error;
  const auto cut = [&](tbb::flow_control& control) -> std::shared_ptr<Frame> {
    const StageClock::Use use(options.clock());
    const InStage stage(Stage::kFraming);
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
  const auto work_on = [&](const std::shared_ptr<Frame>& frame) {
    const StageClock::Use use(options.clock());
    return work(*frame).release();
  };
  using Part = typename PartPointer::element_type;
  const auto finish = [&](Part* part) {
    const StageClock::Use use(options.clock());
    const InStage stage(Stage::kMerging);
    consume(PartPointer(part));
  };
  using tbb::filter_mode;
  run_with_threads(options.threads, [&] {
    tbb::parallel_pipeline(
        options.tokens(),
        tbb::make_filter<void, std::shared_ptr<Frame>>(filter_mode::serial_in_order, cut) &
            tbb::make_filter<std::shared_ptr<Frame>, Part*>(filter_mode::parallel, work_on) &
            tbb::make_filter<Part*, void>(filter_mode::serial_in_order, finish));
  });
  if (error) return tl::unexpected(*error);
  return {};
}

// The same for the records of a mapped file, with guessed beginnings (chunk_reader.h), as far as
// they have frames; reader.proven() tells how far.
//   read(Bytes rest, uint64_t offset, uint64_t stop, std::unique_ptr<Part>&)
//     -> std::optional<ReadRun>, on any thread: as RecordDecoder::decode_to() does, from a place
//     that may be no boundary; makes the part
template <class Read, class Work, class Consume>
void run_chunks(ChunkReader& reader, const PipelineOptions& options, const Read& read,
                const Work& work, const Consume& consume) {
  using PartPointer = decltype(work(std::declval<const Frame&>()));
  struct Piece {
    Chunk chunk;
    std::optional<ReadRun> run;
    std::optional<Frame> frame;
    PartPointer part;
  };
  const auto begin = [&](tbb::flow_control& control) -> Piece* {
    const std::optional<Chunk> chunk = reader.next();
    if (chunk) return new Piece{*chunk, {}, {}, {}};
    control.stop();
    return nullptr;
  };
  const auto read_guessed = [&](Piece* piece) {
    const StageClock::Use use(options.clock());
    const std::optional<Beginning> at = reader.guess(piece->chunk);
    if (at) piece->run = read(at->bytes, at->place, piece->chunk.end, piece->part);
    return piece;
  };
  const auto prove = [&](Piece* piece) {
    const StageClock::Use use(options.clock());
    if (!reader.meets(piece->chunk, piece->run)) {
      piece->part.reset();
      piece->frame = reader.frame(piece->chunk);
    }
    if (options.progress) options.progress(reader.proven());
    return piece;
  };
  const auto read_framed = [&](Piece* piece) {
    const StageClock::Use use(options.clock());
    if (piece->frame) piece->part = work(*piece->frame);
    piece->frame.reset();
    return piece;
  };
  const auto finish = [&](Piece* raw) {
    const StageClock::Use use(options.clock());
    const InStage stage(Stage::kMerging);
    const std::unique_ptr<Piece> piece(raw);
    if (piece->part) consume(std::move(piece->part));
  };
  using tbb::filter_mode;
  run_with_threads(options.threads, [&] {
    tbb::parallel_pipeline(
        options.tokens(),
        tbb::make_filter<void, Piece*>(filter_mode::serial_in_order, begin) &
            tbb::make_filter<Piece*, Piece*>(filter_mode::parallel, read_guessed) &
            tbb::make_filter<Piece*, Piece*>(filter_mode::serial_in_order, prove) &
            tbb::make_filter<Piece*, Piece*>(filter_mode::parallel, read_framed) &
            tbb::make_filter<Piece*, void>(filter_mode::serial_in_order, finish));
  });
}

}  // namespace rdbproof
