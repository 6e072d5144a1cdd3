// What is kept of a hash to find equal ones.
#pragma once

#include <array>
#include <compare>
#include <cstdint>

#include "engine/hash/hash128.h"

namespace rdbproof {

// The low 96 bits of a hash. Among 10^9 different things two have the same with a probability of
// 10^-11.
class Mark {
 public:
  Mark() = default;  // zero only as Mark(): large arrays stay untouched
  explicit Mark(Uint128 hash) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] = static_cast<uint32_t>(hash >> (32 * i));
  }

  Uint128 value() const { return make_uint128(words_[2], low()); }
  uint64_t low() const { return uint64_t{words_[1]} << 32 | words_[0]; }
  uint32_t high() const { return words_[2]; }
  auto operator<=>(const Mark&) const = default;

 private:
  std::array<uint32_t, 3> words_;
};

}  // namespace rdbproof
