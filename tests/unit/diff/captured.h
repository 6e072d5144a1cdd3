// Values made by hand.
#pragma once

#include <vector>

#include "engine/diff/value_difference.h"
#include "tests/unit/fingerprint/elements.h"

namespace rdbproof::test {

inline CapturedValue capture(const std::vector<Element>& elements,
                             uint64_t most_bytes = uint64_t{1} << 30) {
  CapturedValue value(most_bytes);
  value.add(elements);
  return value;
}

}  // namespace rdbproof::test
