#include <lz4frame.h>

#include "tests/fuzz/stream_check.h"

namespace rdbproof::fuzz {
namespace {

std::string compress(Bytes data) {
  std::string packed(LZ4F_compressFrameBound(data.size(), nullptr), '\0');
  packed.resize(
      LZ4F_compressFrame(packed.data(), packed.size(), data.data(), data.size(), nullptr));
  return packed;
}

void run(Bytes input) {
  check_stream(decompress_lz4, input);
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  seed_stream(dump, compress, seeds);
}

const Registration kTarget{{.name = "lz4", .run = run, .seed = seed}};

}  // namespace
}  // namespace rdbproof::fuzz
