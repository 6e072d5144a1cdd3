// Owned bytes of a stream.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/result.h"
#include "engine/io/byte_stream.h"
#include "engine/io/spill_file.h"

namespace rdbproof {

// Small ones live in memory; past a limit they move to an unlinked temporary file, mapped
// read-only, so that a record of any size needs little memory. Movable; a moved-from block is
// empty.
class Block {
 public:
  static constexpr size_t kSpillBytes = size_t{64} << 20;

  // More than `spill_bytes` go to a file in `directory`; if that is empty, in $TMPDIR or /var/tmp.
  explicit Block(size_t spill_bytes = kSpillBytes, std::string directory = {});
  Block(Block&& other) noexcept;
  Block& operator=(Block&& other) noexcept;
  ~Block() = default;

  // Valid until the next append or fill, also when the block is moved.
  Bytes bytes() const;

  // Appends exactly `data`, which must not be part of bytes(). After an error the block holds what
  // it held before.
  Result<void> append(Bytes data);

  // Reads until `count` more bytes are there or the stream ends; returns how many were added. Takes
  // memory for what was read, never for `count`. After an error the block holds what was read
  // before, and some of the stream may be lost.
  Result<size_t> fill(ByteStream& stream, size_t count);

 private:
  struct FreeMemory {
    void operator()(char* memory) const { std::free(memory); }
  };

  Result<void> reserve(size_t capacity);
  Result<void> spill();
  Result<size_t> fill_memory(ByteStream& stream, size_t count);
  Result<size_t> fill_file(ByteStream& stream, size_t count);

  size_t spill_bytes_;
  std::string directory_;
  std::unique_ptr<char, FreeMemory> memory_;
  size_t capacity_ = 0;
  size_t size_ = 0;                  // in memory_; 0 once there is a file
  std::unique_ptr<SpillFile> file_;  // null as long as memory_ holds everything
};

}  // namespace rdbproof
