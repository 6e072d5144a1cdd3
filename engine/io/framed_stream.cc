#include "engine/io/framed_stream.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace rdbproof {
namespace {

constexpr size_t kBufferBytes = size_t{256} << 10;
constexpr size_t kMagicBytes = 4;

}  // namespace

bool matches_magic(Bytes front, uint32_t magic, uint32_t mask) {
  for (size_t i = 0; i < std::min(front.size(), kMagicBytes); ++i) {
    const uint32_t byte = static_cast<uint8_t>(front[i]);
    if (((byte ^ (magic >> (8 * i))) & (mask >> (8 * i)) & 0xFF) != 0) return false;
  }
  return true;
}

FramedStream::FramedStream(std::string_view format, std::unique_ptr<ByteStream> source,
                           std::unique_ptr<FrameDecoder> decoder, Frames frames)
    : format_(format),
      source_(std::move(source)),
      decoder_(std::move(decoder)),
      frames_(frames),
      buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes)),
      any_frame_(frames == Frames::kMore) {}

// Reads on until `wanted` bytes (at most kBufferBytes) are buffered or the source ends.
Result<void> FramedStream::fill(size_t wanted) {
  if (begin_ == end_) begin_ = end_ = 0;
  if (begin_ + wanted > kBufferBytes) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  while (!source_ended_ && input().size() < wanted) {
    auto got = source_->read(buffer_.get() + end_, kBufferBytes - end_);
    if (!got) return tl::unexpected(std::move(got).error());
    source_ended_ = *got == 0;
    end_ += *got;
  }
  return {};
}

// False: no frame follows, with or without damage.
Result<bool> FramedStream::begin_frame() {
  if (auto filled = fill(kMagicBytes); !filled) {
    return tl::unexpected(std::move(filled).error());
  }
  if (input().empty()) {
    if (!any_frame_) report(Code::kTruncated, "nothing follows the header");
    done_ = true;
    return false;
  }
  if (any_frame_ && frames_ == Frames::kOne) {
    report(Code::kBadEnvelope, "bytes follow the end of the compressed data");
    return false;
  }
  if (!decoder_->may_begin(input().substr(0, kMagicBytes))) {
    report(Code::kBadEnvelope, any_frame_ ? "bytes that are no frame follow the last frame"
                                          : "the compressed data does not begin with a frame");
    return false;
  }
  decoder_->begin();
  in_frame_ = any_frame_ = true;
  return true;
}

Result<void> FramedStream::conclude(const DecodeStep& step) {
  switch (step.end) {
    case DecodeStep::End::kFrame:
      in_frame_ = false;
      break;
    case DecodeStep::End::kCorrupt:
      report(Code::kBadEnvelope, step.detail);
      break;
    case DecodeStep::End::kUnsupported:
      report(Code::kForeignFormat, step.detail);
      break;
    case DecodeStep::End::kNoMemory:
      return fail("cannot decompress: out of memory", "give the process more memory");
    case DecodeStep::End::kNone:
      if (step.consumed != 0 || step.produced != 0) break;
      if (input().empty()) {
        report(Code::kTruncated, "the compressed data is cut short");
      } else {
        report(Code::kBadEnvelope, "the decoder makes no progress");
      }
      break;
  }
  return {};
}

Result<size_t> FramedStream::read(char* into, size_t capacity) {
  while (!done_) {
    if (!in_frame_) {
      TRY(const bool begun, begin_frame());
      if (!begun) break;
    }
    if (auto filled = fill(1); !filled) return tl::unexpected(std::move(filled).error());
    const DecodeStep step = decoder_->step(input(), into, capacity);
    begin_ += step.consumed;
    produced_ += step.produced;
    if (auto concluded = conclude(step); !concluded) {
      return tl::unexpected(std::move(concluded).error());
    }
    if (step.produced > 0) return step.produced;
  }
  return size_t{0};
}

void FramedStream::report(Code code, std::string_view detail) {
  Finding& finding = damage_.emplace();
  finding.code = code;
  finding.offset = produced_;
  finding.detail.append(format_).append(": ").append(detail);
  done_ = true;
}

}  // namespace rdbproof
