// Values made by hand.
#pragma once

#include <bit>
#include <string>
#include <utility>
#include <vector>

#include "engine/diff/value_difference.h"

namespace rdbproof::test {

inline CapturedValue capture(const std::vector<Element>& elements,
                             uint64_t most_bytes = uint64_t{1} << 30) {
  CapturedValue value(most_bytes);
  value.add(elements);
  return value;
}

inline Element item(Bytes text) {
  return {ElementKind::kItem, text};
}
inline Element member(Bytes text) {
  return {ElementKind::kMember, text};
}
inline Element field(Bytes name, Bytes value, uint64_t expiry = kNoExpiry) {
  return {ElementKind::kField, name, value, expiry};
}
inline Element scored(Bytes name, double score) {
  return {ElementKind::kScored, name, {}, std::bit_cast<uint64_t>(score)};
}

}  // namespace rdbproof::test
