// Any bytes, the same for the same generator.
#pragma once

#include <string>

#include "bench/random.h"

namespace rdbproof::test {

inline std::string random_bytes(bench::Random& random, size_t length) {
  std::string data(length, '\0');
  for (char& c : data) c = static_cast<char>(random.next() & 255);
  return data;
}

}  // namespace rdbproof::test
