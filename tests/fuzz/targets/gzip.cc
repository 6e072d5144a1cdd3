#include <isa-l/igzip_lib.h>

#include "tests/fuzz/stream_check.h"

namespace rdbproof::fuzz {
namespace {

std::string compress(Bytes data) {
  std::string packed(data.size() + 1024, '\0');
  isal_zstream stream;
  isal_deflate_stateless_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  stream.end_of_stream = 1;
  // The library does not write to its input.
  stream.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uint32_t>(data.size());
  stream.next_out = reinterpret_cast<uint8_t*>(packed.data());
  stream.avail_out = static_cast<uint32_t>(packed.size());
  FUZZ_CHECK(isal_deflate_stateless(&stream) == COMP_OK, "it does not compress");
  packed.resize(stream.total_out);
  return packed;
}

void run(Bytes input) {
  check_stream(decompress_gzip, input);
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  seed_stream(dump, compress, seeds);
}

const Registration kTarget{{.name = "gzip", .run = run, .seed = seed}};

}  // namespace
}  // namespace rdbproof::fuzz
