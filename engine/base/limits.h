// What one run may use. Nothing read from a file may exceed these.
#pragma once

#include <cstdint>

namespace rdbproof {

struct Limits {
  // A string that must be decompressed as a whole may not be larger. Servers refuse strings over
  // proto-max-bulk-len, 512 MiB by default.
  uint64_t max_decompressed_bytes = uint64_t{1} << 30;
  // Findings kept in a report; the rest are counted only.
  uint64_t max_findings = 1000;
  // For what grows with the number of keys.
  uint64_t max_index_bytes = uint64_t{1} << 30;
};

}  // namespace rdbproof
