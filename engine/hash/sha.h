// SHA-1, which Redis' DEBUG DIGEST is made of, and SHA-256 for evidence.
#pragma once

#include <array>
#include <cstdint>

#include "engine/base/bytes.h"

namespace rdbproof {

using Sha1 = std::array<uint8_t, 20>;
using Sha256 = std::array<uint8_t, 32>;

Sha1 sha1(Bytes data);
Sha256 sha256(Bytes data);

template <size_t N>
Bytes as_bytes(const std::array<uint8_t, N>& digest) {
  return {reinterpret_cast<const char*>(digest.data()), N};
}

}  // namespace rdbproof
