// What the walkers of packed encodings (listpack, ziplist, intset, zipmap) yield.
#pragma once

#include <cstdint>

#include "engine/base/bytes.h"
#include "engine/base/cursor.h"

namespace rdbproof {

// A string, or an integer that stands for its decimal text. `text` is valid as long as the blob.
struct PackedValue {
  Bytes text{};
  int64_t integer = 0;
  bool is_integer = false;

  static PackedValue of(Bytes text) { return {text, 0, false}; }
  static PackedValue of(int64_t integer) { return {{}, integer, true}; }
};

// Bytes of a blob and where they stand in the source.
struct Blob {
  Bytes data{};
  uint64_t offset = 0;
  bool pinned = false;  // decompressed: see Cursor
};

// A walker is a class with
//   explicit Walker(const Blob&)
//   bool next(PackedValue&)   the next entry; false at the end or at the first thing that is wrong
//   const Cursor& cursor()    its state: ok() tells the two apart
//   bool failed_as_whole()    what is wrong is the blob's header or count, not one of its entries
// It validates what it passes: there is no second, unchecked walk.

}  // namespace rdbproof
