// LZF decompression (the format of LibLZF, which Redis compresses strings with).
#pragma once

#include <cstdint>

#include "engine/base/bytes.h"

namespace rdbproof {

// Writable bytes that the output needs beyond its stated size; what is written there is garbage.
inline constexpr size_t kLzfSlack = 32;

// The most that `compressed` bytes can expand to: three bytes give at most 264.
constexpr uint64_t lzf_max_expansion(uint64_t compressed) {
  return compressed * 88;
}

// Decompresses exactly `size` bytes into `out`, which has room for size + kLzfSlack. False if the
// input is malformed or gives another number of bytes.
bool lzf_decompress(Bytes input, char* out, uint64_t size);

}  // namespace rdbproof
