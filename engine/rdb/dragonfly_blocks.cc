// Dragonfly packs runs of whole records into compressed blocks: one zstd or LZ4 frame each, with
// the unpacked size in its header and without a checksum (src/server/detail/compressor.cc, August
// 2026).
#include <lz4frame.h>
#include <zstd.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string>

#include "engine/rdb/record_decoder.h"

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
  if (context == nullptr) return Unpacked::kTooLarge;
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
  if (LZ4F_isError(LZ4F_createDecompressionContext(&raw, LZ4F_VERSION))) return Unpacked::kTooLarge;
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

// Passes on the events of a block's records. These have no place in the source but the block's own.
class BlockSink final : public EventSink {
 public:
  BlockSink(RecordState& state, uint64_t offset) : state_(state), offset_(offset) {}

  void select_database(uint64_t database) override {
    state_.database = database;
    state_.sink.select_database(database);
  }
  void begin_key(const Key& key) override {
    key_ = key;
    key_.offset = offset_;
    state_.sink.begin_key(key_);
  }
  void elements(const Key& /*key*/, std::span<const Element> batch) override {
    state_.sink.elements(key_, batch);
  }
  void end_key(const Key& /*key*/, const ValueSummary& value) override {
    state_.sink.end_key(key_, value);
  }
  void drop_key(const Key& /*key*/) override { state_.sink.drop_key(key_); }
  void aux(Bytes name, Bytes value) override { state_.sink.aux(name, value); }
  void function(Bytes source) override { state_.sink.function(source); }
  void needs_module(ModulePart part, std::string_view name, uint64_t /*offset*/) override {
    state_.sink.needs_module(part, name, offset_);
  }
  void resize_hint(uint64_t keys, uint64_t expires) override {
    state_.sink.resize_hint(keys, expires);
  }
  void finding(Finding finding) override {
    finding.offset = offset_;
    if (finding.database == kNoDatabase) finding.database = state_.database;
    state_.sink.finding(std::move(finding));
  }

 private:
  RecordState& state_;
  uint64_t offset_;
  Key key_;
};

// The grammar within blocks: no blocks, and no end of the file.
FileContext within_block(const FileContext& file) {
  constexpr uint8_t kZstdBlock = 201;
  constexpr uint8_t kLz4Block = 202;
  constexpr uint8_t kEnd = 255;
  FileContext inner = file;
  inner.rows[kZstdBlock] = inner.rows[kLz4Block] = inner.rows[kEnd] = nullptr;
  return inner;
}

// A block has a decoder of its own: nothing that its records leave behind, such as an expiry whose
// key is missing, reaches the records after it, except the database that they select.
void decode_block(RecordState& state, uint64_t offset, Bytes records) {
  BlockSink sink(state, offset);
  const FileContext inner = within_block(state.file);
  RecordDecoder decoder(inner, sink);
  decoder.decode(records, offset);
  state.used.add_block(decoder.used(), offset);
}

// What is wrong with a block costs this block: what follows it is found by its length.
void read_block(RecordState& state, Cursor& in, Unpacked (*unpack)(Bytes, BlockBuffer&)) {
  const uint64_t length = read_length(in);
  const uint64_t offset = in.offset();
  const Bytes packed = in.take(length);
  if (!in) return;
  BlockBuffer out(state.file.limits.max_decompressed_bytes);
  switch (unpack(packed, out)) {
    case Unpacked::kBroken:
      return state.report(Code::kBadEnvelope, offset);
    case Unpacked::kTooLarge:
      return state.report(Code::kLimitExceeded, offset, "a compressed block");
    case Unpacked::kWhole: {
      const std::string records = out.take();
      return decode_block(state, offset, records);
    }
  }
}

}  // namespace

void read_zstd_block(RecordState& state, Cursor& in) {
  read_block(state, in, unpack_zstd);
}
void read_lz4_block(RecordState& state, Cursor& in) {
  read_block(state, in, unpack_lz4);
}

}  // namespace rdbproof
