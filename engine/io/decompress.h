// Streams that decompress another stream.
#pragma once

#include <memory>

#include "engine/base/result.h"
#include "engine/io/byte_stream.h"

namespace rdbproof {

enum class Frames {
  kOne,   // exactly one; anything after it is damage
  kMany,  // one or more, one after another
  kMore,  // what follows at least one other: any number
};

// The largest window for which every decompressor of zstd has memory: what zstd writes unless it is
// asked for more.
inline constexpr uint64_t kZstdWindowBytes = uint64_t{1} << 23;

// zstd frames are decompressed in groups, each anew: a group ends with the frame with which it has
// this many compressed bytes. A stream that is cut between groups gives the same, damaged or not.
inline constexpr uint64_t kZstdGroupBytes = uint64_t{64} << 10;

// Each takes ownership of `source` and fails only when memory runs out. Memory does not depend on
// the input beyond the largest window: for zstd `max_window_bytes`, from 8 to 128 MiB (frames that
// need more are reported as unsupported), 8 MiB for LZ4, 64 KiB for gzip. Checksums are verified
// where the format has them.
Result<std::unique_ptr<ByteStream>> decompress_zstd(std::unique_ptr<ByteStream> source,
                                                    Frames frames, uint64_t max_window_bytes);
Result<std::unique_ptr<ByteStream>> decompress_lz4(std::unique_ptr<ByteStream> source,
                                                   Frames frames);
Result<std::unique_ptr<ByteStream>> decompress_gzip(std::unique_ptr<ByteStream> source,
                                                    Frames frames);

}  // namespace rdbproof
