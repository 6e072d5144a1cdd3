// A run of bytes of the source, in order and without gaps: what one worker takes at a time.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/base/bytes.h"

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
};

}  // namespace rdbproof
