// Opens what the user named, whatever kind of file it is.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/io/byte_stream.h"
#include "engine/io/mapped_file.h"
#include "engine/io/sniff.h"

namespace rdbproof {

inline constexpr uint64_t kStreamMemoryBytes = uint64_t{1} << 29;

struct Input {
  std::string name;  // as the user wrote it; "-" is standard input
  // kNone as well when the compression is one that this build does not read; the stream then has no
  // bytes, and a damage.
  Compression compression = Compression::kNone;
  uint64_t memory_bytes = kStreamMemoryBytes;
  std::string temp_dir;  // for a stream's records that are too large for that memory; may be empty
  std::optional<uint64_t> file_bytes;  // size of the file, unknown for a pipe
  std::unique_ptr<MappedFile> mapped;  // uncompressed regular file; else null
  std::unique_ptr<ByteStream> stream;  // everything else; else null. Yields decompressed bytes.
};

// Opens `path`, or standard input for "-". The kind is told by magic bytes, never by the name.
// Opening a FIFO waits for a writer; telling the kind of a pipe waits for its first bytes.
// `memory_bytes` is what may be taken for a stream: the window of its decompression, and what of it
// is at hand at a time. Where that helps `threads` threads that work on its bytes, a stream is
// decompressed on threads of its own, ahead of its reader.
Result<Input> open_input(const std::string& path, uint64_t memory_bytes = kStreamMemoryBytes,
                         unsigned threads = 1);

}  // namespace rdbproof
