// Chunks of a mapped file, each begun at a guessed boundary, and the proof that they meet.
//
// RDB has no index, but a boundary between records is found by trying. A worker guesses where in
// its chunk a record begins and reads from there to the first end of a record behind the chunk.
// What it read counts only if the chunk before ended just where it began; otherwise the records
// between the proven boundary and the end of the chunk are framed and read again. So no answer
// rests on a guess.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/rdb/file_context.h"
#include "engine/scan/frame.h"

namespace rdbproof {

// Places are offsets in the file.
struct Chunk {
  uint64_t begin = 0;
  uint64_t end = 0;
};

// A run of whole records that somebody read.
struct ReadRun {
  uint64_t begin = 0;
  uint64_t end = 0;
  bool at_end = false;     // the end-of-file record is the last of them
  uint64_t bytes_end = 0;  // of the bytes that could be seen
};

// Where to begin to read, and how far: a wrong guess must not cost more than a few chunks.
struct Beginning {
  uint64_t place = 0;
  Bytes bytes{};  // from there on
};

struct SeamCounts {
  uint64_t chunks = 0;
  uint64_t unmet = 0;  // chunks whose guess was wrong, or that had none
};

class ChunkReader {
 public:
  // `bytes` is the whole file, whose records begin at `first`. Both must outlive the reader.
  ChunkReader(const FileContext& file, Bytes bytes, uint64_t first, uint64_t chunk_bytes)
      : file_(file),
        bytes_(bytes),
        first_(first),
        chunk_bytes_(chunk_bytes),
        next_(first),
        proven_(first) {}

  // The next chunk; absent behind the last, or once the end of the records is proven. One thread at
  // a time.
  std::optional<Chunk> next();

  // Where to begin to read in `chunk`; absent if there is no telling, or nothing left to read. On
  // any thread.
  std::optional<Beginning> guess(const Chunk& chunk) const;

  // The chunks in order, one at a time, with what was read of each. True: that counts.
  bool meets(const Chunk& chunk, const std::optional<ReadRun>& read);
  // If it did not: the records up to the end of the chunk, framed; absent if it has none.
  std::optional<Frame> frame(const Chunk& chunk);

  // The end of what counts so far, and whether it is the end of the records. If it is not, once
  // there are no more chunks, something there has no frame.
  uint64_t proven() const { return proven_; }
  bool at_end() const { return at_end_; }
  SeamCounts seams() const { return {seams_seen_, seams_unmet_}; }

 private:
  std::optional<uint64_t> search(const Chunk& chunk) const;
  bool may_go_on(const ReadRun& read) const;
  bool is_guessing_worthwhile(const Chunk& chunk) const;
  bool has_attributes_before(uint64_t place, uint64_t chunk_begin) const;

  const FileContext& file_;
  Bytes bytes_;
  uint64_t first_;
  uint64_t chunk_bytes_;
  uint64_t next_;
  std::atomic<uint64_t> proven_;
  std::atomic<bool> is_over_ = false;  // nothing behind proven_ can be framed
  bool at_end_ = false;
  std::atomic<uint64_t> seams_seen_ = 0;
  std::atomic<uint64_t> seams_unmet_ = 0;
};

}  // namespace rdbproof
