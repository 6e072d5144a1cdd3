// LtHash: a hash of a multiset that nobody knows how to find collisions of, although anybody may
// choose the elements (Bellare and Micciancio 1997; Lewi et al., ePrint 2019/227): 1024 sums of
// 16 bits, of a pseudo-random expansion of each element's SHA-256.
#pragma once

#include <array>
#include <cstdint>

#include "engine/hash/sha.h"

namespace rdbproof {

class LtHash {
 public:
  // Adds an element, given by its SHA-256.
  void add(const Sha256& element);
  void merge(const LtHash& other);
  // SHA-256 of the state: the sums as little-endian 16-bit numbers.
  Sha256 digest() const;

  // The state, to be stored: 2048 bytes.
  Bytes bytes() const { return {reinterpret_cast<const char*>(sums_.data()), sizeof sums_}; }
  // Takes over a stored state; false if it has another size.
  bool set_bytes(Bytes state);

 private:
  std::array<uint16_t, 1024> sums_{};
};

}  // namespace rdbproof
