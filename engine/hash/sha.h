// SHA-1, which Redis' DEBUG DIGEST is made of, and SHA-256 for evidence.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "engine/base/bytes.h"

namespace rdbproof {

using Sha1 = std::array<uint8_t, 20>;
using Sha256 = std::array<uint8_t, 32>;

Sha1 sha1(Bytes data);
Sha256 sha256(Bytes data);

inline void exclude_or(Sha1& digest, const Sha1& other) {
  using Words = std::array<uint32_t, 5>;
  auto words = std::bit_cast<Words>(digest);
  const auto others = std::bit_cast<Words>(other);
  for (size_t i = 0; i < words.size(); ++i) words[i] ^= others[i];
  digest = std::bit_cast<Sha1>(words);
}

template <size_t N>
Bytes as_bytes(const std::array<uint8_t, N>& digest) {
  return {reinterpret_cast<const char*>(digest.data()), N};
}

}  // namespace rdbproof
