// zstd streams of many frames, several at a time.
#pragma once

#include <cstdint>
#include <memory>

#include "engine/base/result.h"
#include "engine/io/byte_stream.h"
#include "engine/io/interrupt.h"

namespace rdbproof {

// As decompress_zstd() of many frames, whose bytes, damage and errors it gives. Groups of frames
// are decompressed on up to `threads` threads beside the reader's, where `max_window_bytes`, which
// is the memory there is, allows 128 MiB for that; all else as a ReadAheadStream, to which
// `interrupt` is given.
Result<std::unique_ptr<ByteStream>> decompress_zstd_parallel(std::unique_ptr<ByteStream> source,
                                                             std::shared_ptr<Interrupt> interrupt,
                                                             uint64_t max_window_bytes,
                                                             unsigned threads);

}  // namespace rdbproof
