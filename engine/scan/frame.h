// A run of bytes of the source, in order and without gaps: what one worker takes at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/finding.h"

namespace rdbproof {

// Keeps the bytes of a frame where they are.
class FrameStorage {
 public:
  virtual ~FrameStorage() = default;
};

struct Frame {
  Bytes bytes{};
  uint64_t offset = 0;      // of bytes[0] in the (decompressed) source
  bool has_records = true;  // false: bytes that count for the checksum only
  std::shared_ptr<FrameStorage> storage{};
  // Runs of bytes that are no records, ascending, as distances from bytes[0].
  std::vector<std::pair<uint64_t, uint64_t>> gaps{};
  std::vector<Finding> findings{};  // about the gaps
};

// Gives the runs of records in `frame` to visit(bytes, offset).
template <class Visit>
void visit_records(const Frame& frame, const Visit& visit) {
  if (!frame.has_records) return;
  uint64_t begin = 0;
  const auto visit_to = [&](uint64_t end) {
    if (begin < end) visit(frame.bytes.substr(begin, end - begin), frame.offset + begin);
  };
  for (const auto& [gap_begin, gap_end] : frame.gaps) {
    visit_to(gap_begin);
    begin = gap_end;
  }
  visit_to(frame.bytes.size());
}

}  // namespace rdbproof
