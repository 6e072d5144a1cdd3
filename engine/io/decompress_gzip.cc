#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "engine/io/decompress.h"
#include "engine/io/framed_stream.h"

namespace rdbproof {
namespace {

constexpr uint32_t kGzipMagic = 0x8B1F;
constexpr uint32_t kReservedFlags = 0xE0;

const char* describe(int result) {
  switch (result) {
    case ISAL_INVALID_BLOCK:
      return "invalid deflate block";
    case ISAL_INVALID_SYMBOL:
      return "invalid deflate symbol";
    case ISAL_INVALID_LOOKBACK:
      return "a match reaches before the beginning of the data";
    case ISAL_INVALID_WRAPPER:
      return "invalid gzip header";
    case ISAL_UNSUPPORTED_METHOD:
      return "the method is not deflate";
    case ISAL_INCORRECT_CHECKSUM:
      return "the checksum does not match the bytes";
    default:
      return "not decodable";
  }
}

DecodeStep::End end_of(int result) {
  return result == ISAL_UNSUPPORTED_METHOD ? DecodeStep::End::kUnsupported
                                           : DecodeStep::End::kCorrupt;
}

constexpr size_t kRoomBytes = size_t{64} << 10;

// A frame is a gzip member.
class GzipDecoder final : public FrameDecoder {
 public:
  GzipDecoder() { isal_inflate_init(&state_); }

  bool may_begin(Bytes front) const override { return matches_magic(front, kGzipMagic, 0xFFFF); }

  void begin() override {
    isal_inflate_reset(&state_);
    // isal_inflate() could parse the header itself, but forgets its flags when the header is cut
    // between two calls.
    state_.crc_flag = ISAL_GZIP_NO_HDR_VER;
    isal_gzip_header_init(&header_);
    in_header_ = true;
  }

  // How much the library gives of damaged data depends on the room it has: it always has the same.
  DecodeStep step(Bytes input, char* into, size_t capacity) override {
    if (capacity >= kRoomBytes && held_.empty()) return decode(input, into);
    size_t consumed = 0;
    if (held_.empty()) {
      held_end_ = decode(input, room_.get());
      consumed = held_end_.consumed;
      held_ = Bytes(room_.get(), held_end_.produced);
    }
    const size_t count = std::min(capacity, held_.size());
    std::memcpy(into, held_.data(), count);
    held_.remove_prefix(count);
    if (!held_.empty()) return {consumed, count, DecodeStep::End::kNone, {}};
    return {consumed, count, held_end_.end, held_end_.detail};
  }

 private:
  DecodeStep decode(Bytes input, char* into) {
    constexpr size_t kMax = std::numeric_limits<int32_t>::max();
    const auto available = static_cast<uint32_t>(std::min(input.size(), kMax));
    const auto room = static_cast<uint32_t>(kRoomBytes);
    // The library does not write to its input.
    state_.next_in = reinterpret_cast<uint8_t*>(const_cast<char*>(input.data()));
    state_.avail_in = available;
    state_.next_out = reinterpret_cast<uint8_t*>(into);
    state_.avail_out = room;
    DecodeStep step;
    const int result = in_header_ ? read_header() : isal_inflate(&state_);
    step.consumed = available - state_.avail_in;
    step.produced = room - state_.avail_out;
    if (result < 0) {
      step.end = end_of(result);
      step.detail = describe(result);
    } else if (state_.block_state == ISAL_BLOCK_FINISH) {
      step.end = DecodeStep::End::kFrame;
    }
    return step;
  }

  int read_header() {
    const int result = isal_read_gzip_header(&state_, &header_);
    if (result != ISAL_DECOMP_OK) return result;
    // The library lets pass what RFC 1952 forbids.
    if ((header_.flags & kReservedFlags) != 0) return ISAL_INVALID_WRAPPER;
    in_header_ = false;
    return result;
  }

  inflate_state state_{};  // zeros: of damaged data the library gives what it did not write
  isal_gzip_header header_;
  bool in_header_ = true;
  std::unique_ptr<char[]> room_ = std::make_unique_for_overwrite<char[]>(kRoomBytes);
  Bytes held_;           // of room_: what is still to be given out, before
  DecodeStep held_end_;  // is told
};

}  // namespace

Result<std::unique_ptr<ByteStream>> decompress_gzip(std::unique_ptr<ByteStream> source,
                                                    Frames frames) {
  return std::make_unique<FramedStream>("gzip", std::move(source), std::make_unique<GzipDecoder>(),
                                        frames);
}

}  // namespace rdbproof
