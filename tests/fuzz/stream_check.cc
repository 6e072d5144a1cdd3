#include "tests/fuzz/stream_check.h"

#include <algorithm>
#include <cstring>

namespace rdbproof::fuzz {
namespace {

constexpr size_t kMostBytes = size_t{1} << 20;

// Gives `data` in pieces of at most `piece` bytes.
class Pieces final : public ByteStream {
 public:
  Pieces(Bytes data, size_t piece) : data_(data), piece_(piece) {}
  Result<size_t> read(char* into, size_t capacity) override {
    const size_t count = std::min({capacity, piece_, data_.size() - used_});
    if (count != 0) std::memcpy(into, data_.data() + used_, count);
    used_ += count;
    return count;
  }
  uint64_t bytes_in() const override { return used_; }

 private:
  Bytes data_;
  size_t piece_;
  size_t used_ = 0;
};

Drained decompress_in(Decompressor decompress, Frames frames, Bytes packed, size_t piece,
                      size_t capacity) {
  auto stream = decompress(std::make_unique<Pieces>(packed, piece), frames);
  FUZZ_CHECK(stream, stream.error().message);
  return drain(**stream, capacity);
}

}  // namespace

Drained drain(ByteStream& stream, size_t capacity) {
  Drained drained;
  const auto buffer = std::make_unique_for_overwrite<char[]>(capacity);
  while (drained.data.size() < kMostBytes) {
    const Result<size_t> got = stream.read(buffer.get(), capacity);
    FUZZ_CHECK(got, got.error().message);
    FUZZ_CHECK(*got <= capacity, "more than was asked for");
    drained.whole = *got == 0;
    if (drained.whole) break;
    drained.data.append(buffer.get(), *got);
  }
  if (drained.whole && stream.damage()) {
    drained.code = stream.damage()->code;
    drained.detail = stream.damage()->detail;
    FUZZ_CHECK(stream.damage()->offset == drained.data.size(), "a damage before its end");
  }
  return drained;
}

void check_stream(Decompressor decompress, Bytes input) {
  constexpr size_t kCapacity = size_t{64} << 10;
  if (input.empty()) return;
  const Frames frames = (input[0] & 1) != 0 ? Frames::kMany : Frames::kOne;
  const Bytes packed = input.substr(1);
  const Drained usual = decompress_in(decompress, frames, packed, ~size_t{0}, kCapacity);
  for (const size_t piece : {size_t{1}, size_t{7}}) {
    const Drained slow =
        decompress_in(decompress, frames, packed, piece, usual.data.size() > 4096 ? kCapacity : 3);
    if (!usual.whole || !slow.whole) {
      FUZZ_CHECK(!usual.whole && !slow.whole, "an end that depends on the pieces");
      continue;
    }
    FUZZ_CHECK(slow.code == usual.code, slow.detail + " instead of " + usual.detail);
    // How much comes out before damage is met depends on how much the library is given at once.
    const bool same = usual.code == Code::kNone
                          ? slow.data == usual.data
                          : slow.data.starts_with(usual.data) || usual.data.starts_with(slow.data);
    FUZZ_CHECK(same, "other bytes");
  }
}

void seed_stream(const Dump& dump, std::string (*compress)(Bytes),
                 std::vector<std::string>& seeds) {
  constexpr size_t kFront = 1500;
  const Bytes front = dump.bytes.substr(0, kFront);
  const std::string packed = compress(front);
  seeds.push_back('\0' + packed);
  seeds.push_back('\1' + packed);
  seeds.push_back('\1' + packed + compress(front.substr(0, 9)));
}

}  // namespace rdbproof::fuzz
