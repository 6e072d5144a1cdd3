// Dragonfly packs runs of records into compressed blocks: one zstd or LZ4 frame each.
#include <lz4frame.h>
#include <zstd.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>

#include "engine/rdb/record_state.h"

namespace rdbproof {
namespace {

// Unpacks into memory that grows with what really comes out, not with what is announced.
class BlockBuffer {
 public:
  explicit BlockBuffer(uint64_t limit) : limit_(limit) {}

  // Room for more output; empty when the limit is reached.
  std::span<char> room() {
    if (size_ == data_.size()) {
      data_.resize(std::min<uint64_t>(limit_, std::max<uint64_t>(kFirstBytes, size_ * 2)));
    }
    return std::span(data_).subspan(size_);
  }
  void add(size_t count) { size_ += count; }
  std::string take() {
    data_.resize(size_);
    return std::move(data_);
  }

 private:
  static constexpr uint64_t kFirstBytes = 64 * 1024;

  uint64_t limit_;
  std::string data_;
  size_t size_ = 0;
};

enum class Unpacked : uint8_t { kWhole, kBroken, kTooLarge };

Unpacked unpack_zstd(Bytes packed, BlockBuffer& out) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                    &ZSTD_freeDCtx);
  ZSTD_inBuffer in{packed.data(), packed.size(), 0};
  for (;;) {
    const std::span<char> room = out.room();
    if (room.empty()) return Unpacked::kTooLarge;
    ZSTD_outBuffer to{room.data(), room.size(), 0};
    const size_t left = ZSTD_decompressStream(context.get(), &to, &in);
    if (ZSTD_isError(left)) return Unpacked::kBroken;
    out.add(to.pos);
    if (left == 0) return in.pos == in.size ? Unpacked::kWhole : Unpacked::kBroken;
    if (in.pos == in.size && to.pos < to.size) return Unpacked::kBroken;
  }
}

Unpacked unpack_lz4(Bytes packed, BlockBuffer& out) {
  LZ4F_dctx* raw = nullptr;
  if (LZ4F_isError(LZ4F_createDecompressionContext(&raw, LZ4F_VERSION))) return Unpacked::kBroken;
  const std::unique_ptr<LZ4F_dctx, decltype(&LZ4F_freeDecompressionContext)> context(
      raw, &LZ4F_freeDecompressionContext);
  for (;;) {
    const std::span<char> room = out.room();
    if (room.empty()) return Unpacked::kTooLarge;
    size_t written = room.size();
    size_t read = packed.size();
    const size_t left =
        LZ4F_decompress(context.get(), room.data(), &written, packed.data(), &read, nullptr);
    if (LZ4F_isError(left)) return Unpacked::kBroken;
    out.add(written);
    packed.remove_prefix(read);
    if (left == 0) return packed.empty() ? Unpacked::kWhole : Unpacked::kBroken;
    if (read == 0 && written == 0) return Unpacked::kBroken;
  }
}

void read_block(RecordState& state, Cursor& in, Unpacked (*unpack)(Bytes, BlockBuffer&)) {
  const uint64_t length = read_length(in);
  const uint64_t offset = in.offset();
  const Bytes packed = in.take(length);
  if (!in) return;
  if (!state.enclosed.empty()) return in.fail(Code::kBadEnvelope, "a block within a block");
  BlockBuffer out(state.file.limits.max_decompressed_bytes);
  switch (unpack(packed, out)) {
    case Unpacked::kBroken:
      return state.report(Code::kBadEnvelope, offset);
    case Unpacked::kTooLarge:
      return state.report(Code::kLimitExceeded, offset, "a compressed block");
    case Unpacked::kWhole:
      state.block = out.take();
      state.enclosed = state.block;
      state.enclosed_offset = offset;
  }
}

}  // namespace

void read_zstd_block(RecordState& state, Cursor& in) { read_block(state, in, unpack_zstd); }
void read_lz4_block(RecordState& state, Cursor& in) { read_block(state, in, unpack_lz4); }

}  // namespace rdbproof
