// What the decompressing streams share: input buffering, frames one after another, damage.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/io/byte_stream.h"
#include "engine/io/decompress.h"

namespace rdbproof {

// What one call of a decoder did.
struct DecodeStep {
  enum class End : uint8_t {
    kNone,         // the frame goes on
    kFrame,        // the frame is complete and all of it was given out
    kCorrupt,      // the input is wrong; `detail` tells
    kUnsupported,  // the input may be sound but this build does not read it; `detail` tells
    kNoMemory,
  };
  size_t consumed = 0;
  size_t produced = 0;
  End end = End::kNone;
  std::string detail;
};

// Decodes the frames of one format, one after another.
class FrameDecoder {
 public:
  virtual ~FrameDecoder() = default;
  // Whether a frame may begin with `front`, which holds 1 to 4 bytes.
  virtual bool may_begin(Bytes front) const = 0;
  // Called at the beginning of every frame.
  virtual void begin() = 0;
  // Decodes some of `input` into `into`. Must consume or produce something, or end, unless `input`
  // is empty.
  virtual DecodeStep step(Bytes input, char* into, size_t capacity) = 0;
};

class FramedStream final : public ByteStream {
 public:
  // `format` names the format in details and must be a literal.
  FramedStream(std::string_view format, std::unique_ptr<ByteStream> source,
               std::unique_ptr<FrameDecoder> decoder, Frames frames);
  Result<size_t> read(char* into, size_t capacity) override;
  const std::optional<Finding>& damage() const override { return damage_; }
  uint64_t bytes_in() const override { return source_->bytes_in(); }

 private:
  Bytes input() const { return {buffer_.get() + begin_, end_ - begin_}; }
  Result<void> fill(size_t wanted);
  Result<bool> begin_frame();
  Result<void> conclude(const DecodeStep& step);
  void report(Code code, std::string_view detail);

  std::string_view format_;
  std::unique_ptr<ByteStream> source_;
  std::unique_ptr<FrameDecoder> decoder_;
  Frames frames_;
  std::unique_ptr<char[]> buffer_;
  size_t begin_ = 0;  // buffer_[begin_, end_) is not decoded yet
  size_t end_ = 0;
  bool source_ended_ = false;
  bool in_frame_ = false;
  bool any_frame_;
  bool done_ = false;
  uint64_t produced_ = 0;
  std::optional<Finding> damage_;
};

// Whether `front`, of 1 to 4 bytes, agrees with the little-endian `magic` in the bits of `mask`.
bool matches_magic(Bytes front, uint32_t magic, uint32_t mask = 0xFFFFFFFF);

// zstd and LZ4 share frames that carry no data: magic 0x184D2A50 to 0x184D2A5F, a size, then bytes
// to ignore.
inline constexpr uint32_t kSkippableMagic = 0x184D2A50;
inline constexpr uint32_t kSkippableMask = 0xFFFFFFF0;
inline constexpr uint32_t kZstdMagic = 0xFD2FB528;
inline constexpr uint32_t kLz4Magic = 0x184D2204;

}  // namespace rdbproof
