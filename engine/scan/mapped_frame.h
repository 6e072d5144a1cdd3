// Frames of a mapped file.
#pragma once

#include "engine/scan/frame.h"

namespace rdbproof {

// Gives the pages of a frame back to the page cache once it was used, so that the memory of a run
// does not grow with the file.
class MappedFrame final : public FrameStorage {
 public:
  explicit MappedFrame(Bytes bytes) : bytes_(bytes) {}
  ~MappedFrame() override;

 private:
  Bytes bytes_;
};

}  // namespace rdbproof
