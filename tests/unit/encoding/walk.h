// Runs a walker over a hand-made blob.
#pragma once

#include <string>
#include <vector>

#include "engine/encoding/packed_value.h"

namespace rdbproof::test {

struct Walked {
  std::vector<std::string> items;  // integers as "#42", strings in quotes
  Code code = Code::kNone;
  std::string detail;
  uint64_t offset = 0;
  std::string oddity;
  bool as_whole = false;
};

inline constexpr uint64_t kBlobOffset = 1000;

template <class Walker>
Walked walk(Bytes blob, bool pinned = false) {
  Walked result;
  Walker walker(Blob{blob, kBlobOffset, pinned});
  for (PackedValue value; walker.next(value);) {
    result.items.push_back(value.is_integer ? "#" + std::to_string(value.integer)
                                            : "'" + std::string(value.text) + "'");
  }
  result.code = walker.cursor().code();
  result.detail = walker.cursor().detail();
  result.offset = walker.cursor().offset();
  if (walker.cursor().oddity() != nullptr) result.oddity = walker.cursor().oddity();
  result.as_whole = walker.failed_as_whole();
  return result;
}

// Every proper beginning of a sound blob is malformed, whatever its header says.
template <class Walker>
std::vector<size_t> cuts_that_pass(Bytes blob) {
  std::vector<size_t> passing;
  for (size_t length = 0; length < blob.size(); ++length) {
    // A copy of its own, so that a sanitizer sees any read behind it.
    const std::string cut(blob.substr(0, length));
    if (walk<Walker>(cut).code == Code::kNone) passing.push_back(length);
  }
  return passing;
}

}  // namespace rdbproof::test
