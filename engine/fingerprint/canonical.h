// What is one value although it has several forms.
#pragma once

#include <cstdint>

namespace rdbproof {

// Both zeros are one score. Takes and gives the bits of the double.
inline uint64_t canonical_score(uint64_t bits) {
  constexpr uint64_t kNegativeZero = uint64_t{1} << 63;
  return bits == kNegativeZero ? 0 : bits;
}

}  // namespace rdbproof
