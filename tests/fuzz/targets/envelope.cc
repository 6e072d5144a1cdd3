// open_input(): what a file is, told by its first bytes. The first byte puts one of the headers
// that this build knows before the rest.
#include <lz4frame.h>

#include <algorithm>
#include <iterator>

#include "engine/io/input.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/stream_check.h"

namespace rdbproof::fuzz {
namespace {

constexpr Bytes kHeaders[] = {
    {},
    {"VCS\x01\x01\x00\x01", 7},
    {"VCS\x01\x02\x00\x01", 7},
    {"VCS", 3},
    {"\x50\x2a\x4d\x18\x04\x00\x00\x00????", 12},  // a skippable frame
};

// A window that suffices says what the whole says.
void check_sniff(Bytes file, Compression compression) {
  for (size_t size = 0; size < std::min<size_t>(file.size(), 64); ++size) {
    const auto sniffed = sniff(file.substr(0, size), false);
    if (!sniffed) continue;
    FUZZ_CHECK(sniffed->compression == compression, "another kind, told too early");
  }
}

void run(Bytes input) {
  if (input.empty()) return;
  std::string file(kHeaders[static_cast<uint8_t>(input[0]) % std::size(kHeaders)]);
  file += input.substr(1);
  const MemoryFile memory(file);
  Result<Input> opened = open_input(memory.path());
  FUZZ_CHECK(opened, opened.error().message);
  FUZZ_CHECK((opened->mapped == nullptr) != (opened->stream == nullptr), "both, or none");
  FUZZ_CHECK(opened->file_bytes == file.size(), "another size");
  check_sniff(file, opened->compression);
  if (opened->mapped) {
    FUZZ_CHECK(opened->compression == Compression::kNone, "mapped, but compressed");
    FUZZ_CHECK(opened->mapped->bytes() == file, "other bytes than the file's");
    return;
  }
  drain(*opened->stream, size_t{64} << 10);
  FUZZ_CHECK(opened->stream->bytes_in() <= file.size(), "more bytes than the file has");
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  constexpr size_t kFront = 1000;
  const Bytes front = dump.bytes.substr(0, kFront);
  std::string packed(LZ4F_compressFrameBound(front.size(), nullptr), '\0');
  packed.resize(
      LZ4F_compressFrame(packed.data(), packed.size(), front.data(), front.size(), nullptr));
  for (char header = 0; header < 5; ++header) seeds.push_back(header + packed);
}

const Registration kTarget{{.name = "envelope", .run = run, .seed = seed}};

}  // namespace
}  // namespace rdbproof::fuzz
