#include "engine/io/zstd_cutter.h"

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "engine/io/decompress.h"
#include "engine/io/framed_stream.h"

namespace rdbproof {
namespace {

constexpr size_t kReadBytes = size_t{256} << 10;
constexpr size_t kMaxHeaderBytes = 18;
// Groups are cut together until they have that many bytes.
constexpr size_t kEnoughCompressedBytes = size_t{256} << 10;
constexpr uint64_t kEnoughClaimedBytes = uint64_t{1} << 20;

struct Measured {
  enum class Kind : uint8_t {
    kWhole,
    kPart,     // the frame may be whole when more bytes are there
    kStreamed  // damaged, or too large to be decompressed at once
  };
  Kind kind = Kind::kStreamed;
  size_t compressed_bytes = 0;
  std::optional<uint64_t> claimed_bytes{};
};

// Of a frame whose header is whole. RFC 8878, 3.1.1.1.2.
uint64_t window_bytes(Bytes frame, std::optional<uint64_t> claimed_bytes) {
  const bool is_single_segment = (static_cast<uint8_t>(frame[4]) & 0x20) != 0;
  if (is_single_segment) return claimed_bytes.value_or(0);
  const auto descriptor = static_cast<uint8_t>(frame[5]);
  const uint64_t base = uint64_t{1} << (10 + (descriptor >> 3));
  return base + base / 8 * (descriptor & 7);
}

Measured measure_end(Bytes front, std::optional<uint64_t> claimed_bytes) {
  const size_t size = ZSTD_findFrameCompressedSize(front.data(), front.size());
  if (ZSTD_isError(size) == 0) return {Measured::Kind::kWhole, size, claimed_bytes};
  if (ZSTD_getErrorCode(size) == ZSTD_error_srcSize_wrong) return {Measured::Kind::kPart};
  return {};
}

// The first frame of `front`.
Measured measure(Bytes front) {
  if (matches_magic(front, kSkippableMagic, kSkippableMask)) return measure_end(front, 0);
  if (!matches_magic(front, kZstdMagic)) return {};
  std::optional<uint64_t> claimed_bytes = ZSTD_getFrameContentSize(front.data(), front.size());
  if (*claimed_bytes == ZSTD_CONTENTSIZE_ERROR) {
    return {front.size() < kMaxHeaderBytes ? Measured::Kind::kPart : Measured::Kind::kStreamed};
  }
  if (*claimed_bytes == ZSTD_CONTENTSIZE_UNKNOWN) claimed_bytes.reset();
  if (claimed_bytes.value_or(0) > ZstdCutter::kMaxClaimedBytes) return {};
  if (window_bytes(front, claimed_bytes) > kZstdWindowBytes) return {};
  return measure_end(front, claimed_bytes);
}

}  // namespace

ZstdCutter::ZstdCutter(std::unique_ptr<ByteStream> source)
    : source_(std::move(source)), buffer_(kMaxCompressedBytes) {}

std::optional<ZstdFrames> ZstdCutter::next() {
  do {
    ZstdFrames frames = cut();
    if (frames.compressed.size() != 0) return frames;
  } while (is_part_ && grow());
  is_part_ = false;
  return std::nullopt;
}

ZstdFrames ZstdCutter::cut() {
  ZstdFrames groups;    // whole ones
  ZstdFrames together;  // with the frames of a group that may become whole
  size_t length = 0;    // of `groups`
  size_t ahead = 0;     // beyond them
  while (is_part_ && length < kEnoughCompressedBytes &&
         groups.claimed_bytes < kEnoughClaimedBytes) {
    const Measured frame = measure(rest().substr(length + ahead));
    if (frame.kind == Measured::Kind::kPart) break;
    together.claimed_bytes += frame.claimed_bytes.value_or(0);
    together.has_unknown_size |= !frame.claimed_bytes;
    is_part_ = frame.kind == Measured::Kind::kWhole &&
               (length != 0 || together.claimed_bytes <= kMaxClaimedBytes);
    if (!is_part_ || together.claimed_bytes > kMaxClaimedBytes) break;
    ahead += frame.compressed_bytes;
    if (ahead < kZstdGroupBytes) continue;
    length += std::exchange(ahead, 0);
    groups.claimed_bytes = together.claimed_bytes;
    groups.has_unknown_size = together.has_unknown_size;
  }
  if (length == 0) return groups;
  groups.compressed = Pages(length);
  std::memcpy(groups.compressed.data(), rest().data(), length);
  begin_ += length;
  return groups;
}

// Doubles what is buffered, so that measuring a frame anew with each step stays linear. False if
// nothing can be added.
bool ZstdCutter::grow() {
  std::memmove(buffer_.data(), rest().data(), rest().size());
  end_ -= std::exchange(begin_, 0);
  const size_t before = end_;
  const size_t wanted = std::min(std::max(kReadBytes, 2 * before), buffer_.size());
  while (!source_ended_ && end_ < wanted) {
    Result<size_t> got = source_->read(buffer_.data() + end_, wanted - end_);
    if (!got) error_ = std::move(got).error();
    source_ended_ = error_ || *got == 0;
    if (!source_ended_) end_ += *got;
  }
  return end_ > before;
}

Result<size_t> ZstdCutter::read(char* into, size_t capacity) {
  if (begin_ < end_) {
    const size_t count = std::min(capacity, rest().size());
    std::memcpy(into, rest().data(), count);
    begin_ += count;
    return count;
  }
  buffer_ = Pages();
  begin_ = end_ = 0;
  if (error_) return tl::unexpected(*error_);
  if (source_ended_) return size_t{0};
  return source_->read(into, capacity);
}

}  // namespace rdbproof
