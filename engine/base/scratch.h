// A place for what does not fit into memory. Implemented where there are files: io/scratch_file.h.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "engine/base/bytes.h"
#include "engine/base/result.h"

namespace rdbproof {

class Scratch {
 public:
  virtual ~Scratch() = default;
  // A full disk is an error here, never when reading.
  virtual Result<void> append(Bytes data) = 0;
  // Of all that was appended.
  virtual uint64_t size() const = 0;
  // Reads `size` bytes, which must have been appended. Several threads may read at a time.
  virtual Result<void> read(uint64_t offset, char* into, size_t size) const = 0;
};

// Opens another, empty one. Several threads may call it at a time.
using OpenScratch = std::function<Result<std::unique_ptr<Scratch>>()>;

}  // namespace rdbproof
