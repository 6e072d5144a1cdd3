// 128-bit numbers and hashes: the arithmetic of the fast fingerprint (docs/fingerprint.md).
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <string>

#include "engine/base/bytes.h"

namespace rdbproof {

using Uint128 = unsigned __int128;

constexpr Uint128 make_uint128(uint64_t high, uint64_t low) {
  return Uint128{high} << 64 | low;
}

// XXH3-128 with seed 0, as a number: high64 * 2^64 + low64.
inline Uint128 hash128(Bytes data) {
  const XXH128_hash_t hash = XXH3_128bits(data.data(), data.size());
  return make_uint128(hash.high64, hash.low64);
}

// 32 hexadecimal digits, most significant first.
std::string to_hex(Uint128 value);

}  // namespace rdbproof
