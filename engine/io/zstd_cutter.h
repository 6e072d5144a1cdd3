// Cuts a zstd stream between groups of frames.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/base/result.h"
#include "engine/io/byte_stream.h"
#include "engine/io/pages.h"

namespace rdbproof {

// Whole groups of frames (kZstdGroupBytes), one after another.
struct ZstdFrames {
  Pages compressed;
  uint64_t claimed_bytes = 0;     // decompressed size of those that tell theirs: a claim
  bool has_unknown_size = false;  // whether others are among them
};

// As a stream it yields the bytes that were not cut.
class ZstdCutter final : public ByteStream {
 public:
  // Of one cut. What is larger, or needs a window beyond kZstdWindowBytes, is not cut.
  static constexpr size_t kMaxCompressedBytes = size_t{12} << 20;
  static constexpr uint64_t kMaxClaimedBytes = uint64_t{32} << 20;

  explicit ZstdCutter(std::unique_ptr<ByteStream> source);

  // The frames that come next. Nothing if what comes next, if anything, is to be read from this
  // stream: then and from then on.
  std::optional<ZstdFrames> next();

  Result<size_t> read(char* into, size_t capacity) override;
  const std::optional<Finding>& damage() const override { return source_->damage(); }
  uint64_t bytes_in() const override { return source_->bytes_in(); }

 private:
  Bytes rest() const { return {buffer_.data() + begin_, end_ - begin_}; }
  ZstdFrames cut();
  bool grow();

  std::unique_ptr<ByteStream> source_;
  Pages buffer_;
  size_t begin_ = 0;  // buffer_[begin_, end_) is not cut or read yet
  size_t end_ = 0;
  bool source_ended_ = false;
  bool is_part_ = true;         // whether rest() may become whole frames when it grows
  std::optional<Error> error_;  // of the source, after what is buffered
};

}  // namespace rdbproof
