// Mutation of packed encodings that keeps what is around the change sound.
#pragma once

#include <optional>
#include <string>

#include "tests/fuzz/chooser.h"

namespace rdbproof::fuzz {

enum class BlobKind : uint8_t { kListpack, kZiplist, kIntset, kZipmap };

// As what a walker accepts `blob`; those that any text may look like come last.
std::optional<BlobKind> kind_of_blob(Bytes blob);

// Either other entries in a sound blob, or other bytes under a header that fits again.
std::string change_blob(BlobKind kind, Bytes blob, Chooser& choose);

// The text of any string: as a blob if it is one.
std::string change_text(Bytes text, Chooser& choose);

template <BlobKind kKind>
std::string mutate_blob(Bytes input, const Mutation& mutation) {
  Chooser choose(mutation);
  return change_blob(kKind, input, choose);
}

}  // namespace rdbproof::fuzz
