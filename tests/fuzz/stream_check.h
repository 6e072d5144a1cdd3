// What must hold for a decompressing stream.
#pragma once

#include <string>
#include <vector>

#include "engine/io/decompress.h"
#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {

using Decompressor = Result<std::unique_ptr<ByteStream>> (*)(std::unique_ptr<ByteStream>, Frames);

struct Drained {
  std::string data;
  bool whole = false;  // read to the end: more than the limit is not read
  Code code = Code::kNone;
  std::string detail;
};

// Reads up to a limit of bytes, `capacity` at a time.
Drained drain(ByteStream& stream, size_t capacity);

// However the bytes arrive and are asked for, the same comes out, and the same is wrong with them.
// Bit 0 of the first byte chooses between one frame and many.
void check_stream(Decompressor decompress, Bytes input);

// A compressed beginning of the dump, behind the byte that chooses.
void seed_stream(const Dump& dump, std::string (*compress)(Bytes), std::vector<std::string>& seeds);

}  // namespace rdbproof::fuzz
