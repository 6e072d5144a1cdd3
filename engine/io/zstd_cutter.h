// Cuts a zstd stream between groups of frames.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/result.h"
#include "engine/io/byte_stream.h"

namespace rdbproof {

// Whole groups of frames (kZstdGroupBytes), one after another.
struct ZstdFrames {
  std::string compressed;
  uint64_t claimed_bytes = 0;     // decompressed size of those that tell theirs: a claim
  bool has_unknown_size = false;  // whether others are among them
};

// As a stream it yields the bytes that were not cut.
class ZstdCutter final : public ByteStream {
 public:
  // Of one cut. What is larger, or needs a window beyond kZstdWindowBytes, is not cut.
  static constexpr size_t kMaxCompressedBytes = size_t{12} << 20;
  static constexpr uint64_t kMaxClaimedBytes = uint64_t{32} << 20;

  explicit ZstdCutter(std::unique_ptr<ByteStream> source) : source_(std::move(source)) {}

  // The frames that come next. Nothing if what comes next, if anything, is to be read from this
  // stream: then and from then on.
  std::optional<ZstdFrames> next();

  Result<size_t> read(char* into, size_t capacity) override;
  const std::optional<Finding>& damage() const override { return source_->damage(); }
  uint64_t bytes_in() const override { return source_->bytes_in(); }

 private:
  Bytes rest() const { return Bytes(buffer_).substr(used_); }
  ZstdFrames cut();
  bool grow();

  std::unique_ptr<ByteStream> source_;
  std::string buffer_;
  size_t used_ = 0;  // of buffer_, by what was cut or read
  bool source_ended_ = false;
  bool is_part_ = true;         // whether rest() may become whole frames when it grows
  std::optional<Error> error_;  // of the source, after what is buffered
};

}  // namespace rdbproof
