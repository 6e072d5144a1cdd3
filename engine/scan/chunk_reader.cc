#include "engine/scan/chunk_reader.h"

#include <algorithm>

#include "engine/base/stage_times.h"
#include "engine/rdb/boundary_search.h"
#include "engine/rdb/framer.h"
#include "engine/rdb/grammar.h"
#include "engine/scan/mapped_frame.h"

namespace rdbproof {

std::optional<Chunk> ChunkReader::next() {
  if (is_over_ || next_ >= bytes_.size()) return std::nullopt;
  const Chunk chunk{next_, std::min<uint64_t>(next_ + chunk_bytes_, bytes_.size())};
  next_ = chunk.end;
  return chunk;
}

std::optional<Beginning> ChunkReader::guess(const Chunk& chunk) const {
  constexpr uint64_t kMostChunksBeyond = 2;
  const uint64_t proven = proven_;
  if (is_over_ || proven >= chunk.end) return std::nullopt;
  if (proven >= chunk.begin) return Beginning{proven, bytes_.substr(proven)};
  const std::optional<uint64_t> place = search(chunk);
  if (!place || *place >= chunk.end) return std::nullopt;
  const uint64_t end = chunk.end + kMostChunksBeyond * chunk_bytes_;
  return Beginning{*place, bytes_.substr(*place, end - *place)};
}

std::optional<uint64_t> ChunkReader::search(const Chunk& chunk) const {
  // What is not found with so little work is framed sooner: boundaries are far apart then.
  constexpr uint64_t kMostTries = uint64_t{4} << 10;
  // Far ahead are pages that nobody has touched yet.
  constexpr BoundarySearch::Work kWork{uint64_t{1} << 13, 2, uint64_t{64} << 10};
  if (!is_guessing_worthwhile(chunk)) return std::nullopt;
  const InStage stage(Stage::kSearching);
  BoundarySearch boundaries(file_, kWork);
  const uint64_t to = std::min(chunk.end, chunk.begin + kMostTries);
  const std::optional<uint64_t> place = boundaries.find(bytes_, true, chunk.begin, to);
  if (!place || !has_attributes_before(*place, chunk.begin)) return place;
  return *place + frame_records(file_, bytes_.substr(*place), *place, true, 1).length;
}

// Where records are long most guesses fail, and cost more than framing does.
bool ChunkReader::is_guessing_worthwhile(const Chunk& chunk) const {
  constexpr uint64_t kEnoughToTell = 16;
  constexpr uint64_t kOneIn = 8;  // is tried nevertheless: records may become shorter
  const uint64_t seen = seams_seen_;
  if (seen < kEnoughToTell || seams_unmet_ * 2 < seen) return true;
  return chunk.begin / chunk_bytes_ % kOneIn == 0;
}

// Whether what is at `place` is a key whose attributes begin before the chunk. The key then belongs
// to the chunk before.
bool ChunkReader::has_attributes_before(uint64_t place, uint64_t chunk_begin) const {
  constexpr uint64_t kLongest = 32;  // of expiry, idle time and frequency together
  const uint64_t first = std::max(first_, place - std::min(place, kLongest));
  for (uint64_t begin = first; begin < std::min(chunk_begin, place); ++begin) {
    Cursor in(bytes_.substr(begin, place - begin), begin);
    while (in && !in.at_end()) {
      const RdbRow* const row = file_.rows[in.u8()];
      if (row == nullptr || row->role != RowRole::kAttribute) break;
      row->skip(in, file_);
      if (in && in.at_end()) return true;
    }
  }
  return false;
}

bool ChunkReader::meets(const Chunk& chunk, const std::optional<ReadRun>& read) {
  ++seams_seen_;
  if (is_over_ || proven_ >= chunk.end) return false;
  if (!read || read->begin != proven_ || may_go_on(*read)) {
    ++seams_unmet_;
    return false;
  }
  proven_ = read->end;
  at_end_ = read->at_end;
  is_over_ = at_end_;
  return true;
}

// Whether something behind the last key belongs to it that was not in sight as a whole.
bool ChunkReader::may_go_on(const ReadRun& read) const {
  if (read.at_end || read.bytes_end == bytes_.size()) return false;
  const Cursor behind(bytes_.substr(read.end, read.bytes_end - read.end), read.end);
  return may_continue_key(behind, false);
}

std::optional<Frame> ChunkReader::frame(const Chunk& chunk) {
  if (is_over_ || proven_ >= chunk.end) return std::nullopt;
  const InStage stage(Stage::kFraming);
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
