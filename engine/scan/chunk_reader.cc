#include "engine/scan/chunk_reader.h"

#include <algorithm>

#include "engine/rdb/boundary_search.h"
#include "engine/rdb/framer.h"
#include "engine/scan/mapped_frame.h"

namespace rdbproof {

std::optional<Chunk> ChunkReader::next() {
  if (is_over_ || next_ >= bytes_.size()) return std::nullopt;
  const Chunk chunk{next_, std::min<uint64_t>(next_ + chunk_bytes_, bytes_.size())};
  next_ = chunk.end;
  return chunk;
}

std::optional<uint64_t> ChunkReader::guess(const Chunk& chunk) const {
  // What is not found with so little work is framed sooner: boundaries are far apart then.
  constexpr uint64_t kMostTries = uint64_t{4} << 10;
  constexpr BoundarySearch::Work kWork{uint64_t{1} << 13, 2};
  const uint64_t proven = proven_;
  if (is_over_ || proven >= chunk.end) return std::nullopt;
  if (proven >= chunk.begin) return proven;
  BoundarySearch search(file_, kWork);
  const uint64_t to = std::min(chunk.end, chunk.begin + kMostTries);
  return search.find(bytes_, true, chunk.begin, to);
}

bool ChunkReader::meets(const Chunk& chunk, const std::optional<ReadRun>& read) {
  ++seams_.chunks;
  if (is_over_ || proven_ >= chunk.end) return false;
  if (!read || read->begin != proven_) {
    ++seams_.unmet;
    return false;
  }
  proven_ = read->end;
  at_end_ = read->at_end;
  is_over_ = at_end_;
  return true;
}

std::optional<Frame> ChunkReader::frame(const Chunk& chunk) {
  if (is_over_ || proven_ >= chunk.end) return std::nullopt;
  const Bytes rest = bytes_.substr(proven_);
  const Framing framing = frame_records(file_, rest, proven_, true, chunk.end - proven_);
  if (!framing.end_seen && proven_ + framing.length < chunk.end) {
    is_over_ = true;
    return std::nullopt;
  }
  const Bytes records = rest.substr(0, framing.length);
  Frame frame{records, proven_, true, std::make_shared<MappedFrame>(records)};
  proven_ += framing.length;
  at_end_ = framing.end_seen;
  is_over_ = at_end_;
  return frame;
}

}  // namespace rdbproof
