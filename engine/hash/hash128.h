// 128-bit numbers and hashes: the arithmetic of the fast fingerprint (docs/fingerprint.md).
#pragma once

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <string>

#include "engine/base/bytes.h"
#include "engine/hash/short_hash.h"

namespace rdbproof {

using Uint128 = unsigned __int128;

constexpr Uint128 make_uint128(uint64_t high, uint64_t low) {
  return Uint128{high} << 64 | low;
}

// XXH3-128 with seed 0, as a number: high64 * 2^64 + low64.
inline Uint128 xxh3_128(Bytes data) {
  const XXH128_hash_t hash = XXH3_128bits(data.data(), data.size());
  return make_uint128(hash.high64, hash.low64);
}

// `count` hashes of strings that are `stride` bytes apart in memory (they are members of
// something): out[i] = hash128(i-th string).
inline void hash128_many(const Bytes* first, size_t stride, size_t count, Uint128* out) {
  short_hash_kernel()(first, stride, count, out);
}

// Of strings of up to 31 bytes, which most are, eight rounds of AES; of others XXH3-128.
inline Uint128 hash128(Bytes data) {
  if (data.size() > kLongestShort) return xxh3_128(data);
  Uint128 hash;
  hash128_many(&data, sizeof data, 1, &hash);
  return hash;
}

// 32 hexadecimal digits, most significant first.
std::string to_hex(Uint128 value);

}  // namespace rdbproof
