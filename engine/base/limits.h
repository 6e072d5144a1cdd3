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

// How much text a value may repeat that it, or the file, holds once only: field names of a stream
// or of a template, the name of a consumer. Keeps time linear in the bytes that are there. What
// servers write stays below unless names are some thousand bytes long and all else is short.
constexpr uint64_t max_repeated_bytes(uint64_t stored_bytes) {
  return 4096 + 256 * stored_bytes;
}

}  // namespace rdbproof
