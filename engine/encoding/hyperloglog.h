// HyperLogLog as Redis stores it in strings (PFADD, since 2.8.9).
//   "HYLL" | u8 encoding (0 dense, 1 sparse) | 3 free | u64 cached cardinality | 16384 registers
//   dense: 6 bits a register
//   sparse: 00nnnnnn n+1 zeros | 01nnnnnn nnnnnnnn n+1 zeros | 1vvvvvnn n+1 times v+1
#pragma once

#include "engine/base/bytes.h"

namespace rdbproof {

inline bool begins_like_hyperloglog(Bytes text) {
  constexpr uint32_t kMagic = 0x4C4C5948;  // "HYLL"
  return text.size() >= sizeof kMagic && load_le<uint32_t>(text.data()) == kMagic;
}

// What is wrong with `text`, which begins like one, a literal; null if PFCOUNT accepts it.
const char* hyperloglog_fault(Bytes text);

}  // namespace rdbproof
