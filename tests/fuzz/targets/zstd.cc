#include <zstd.h>

#include "tests/fuzz/stream_check.h"

namespace rdbproof::fuzz {
namespace {

std::string compress(Bytes data) {
  std::string packed(ZSTD_compressBound(data.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), data.data(), data.size(), 3));
  return packed;
}

constexpr uint64_t kMostWindow = uint64_t{8} << 20;

void run(Bytes input) {
  check_stream(
      [](std::unique_ptr<ByteStream> source, Frames frames) {
        return decompress_zstd(std::move(source), frames, kMostWindow);
      },
      input);
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  seed_stream(dump, compress, seeds);
}

const Registration kTarget{{.name = "zstd", .run = run, .seed = seed}};

}  // namespace
}  // namespace rdbproof::fuzz
