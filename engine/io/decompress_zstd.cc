#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "engine/io/decompress.h"
#include "engine/io/framed_stream.h"

namespace rdbproof {
namespace {

constexpr int kMaxWindowLog = 27;  // what zstd --long writes
constexpr int kMinWindowLog = std::bit_width(kZstdWindowBytes) - 1;
constexpr size_t kBlockHeaderBytes = 3;
constexpr size_t kMagicBytes = 4;

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};
using Context = std::unique_ptr<ZSTD_DCtx, FreeContext>;

DecodeStep failed_step(size_t result) {
  using End = DecodeStep::End;
  switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation:
      return {0, 0, End::kNoMemory, {}};
    case ZSTD_error_frameParameter_windowTooLarge:
      return {0, 0, End::kUnsupported, "the frame needs a window that this run has no memory for"};
    case ZSTD_error_dictionary_wrong:
      return {0, 0, End::kUnsupported, "the frame needs a dictionary"};
    default:
      return {0, 0, End::kCorrupt, ZSTD_getErrorName(result)};
  }
}

Result<Context> make_context(int window_log) {
  Context context(ZSTD_createDCtx());
  if (!context) return fail("cannot decompress zstd: out of memory");
  const size_t result = ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, window_log);
  if (ZSTD_isError(result) != 0) {
    return fail(std::string("cannot decompress zstd: ") + ZSTD_getErrorName(result));
  }
  return context;
}

class ZstdDecoder final : public FrameDecoder {
 public:
  ZstdDecoder(Context context, int window_log)
      : context_(std::move(context)), window_log_(window_log) {}

  bool may_begin(Bytes front) const override {
    return matches_magic(front, kZstdMagic) ||
           matches_magic(front, kSkippableMagic, kSkippableMask);
  }

  // What a context gives of a damaged frame depends on the buffers that earlier frames left in it.
  void begin() override {
    if (consumed_ >= kZstdGroupBytes) {
      consumed_ = 0;
      context_.reset();
      context_ = make_context(window_log_).value_or(nullptr);
    }
    if (context_) ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
    wanted_ = kMagicBytes;
    is_full_ = false;
  }

  DecodeStep step(Bytes input, char* into, size_t capacity) override {
    if (!context_) return {0, 0, DecodeStep::End::kNoMemory, {}};
    // A failing call gives no output, so no call gets more than one block, nor one while some of
    // another is to be given out: everything before the failure is then out already.
    if (is_full_) {
      const DecodeStep rest = call({}, into, capacity);
      if (rest.produced > 0 || rest.end != DecodeStep::End::kNone) return rest;
    }
    // The hint of the library includes the next block's header.
    const size_t feed = wanted_ > kBlockHeaderBytes ? wanted_ - kBlockHeaderBytes : wanted_;
    return call(input.substr(0, feed), into, capacity);
  }

 private:
  DecodeStep call(Bytes input, char* into, size_t capacity) {
    ZSTD_inBuffer in{input.data(), input.size(), 0};
    ZSTD_outBuffer out{into, capacity, 0};
    const size_t result = ZSTD_decompressStream(context_.get(), &out, &in);
    if (ZSTD_isError(result) != 0) return failed_step(result);
    wanted_ = result;
    consumed_ += in.pos;
    is_full_ = out.pos == capacity;
    return {in.pos, out.pos, result == 0 ? DecodeStep::End::kFrame : DecodeStep::End::kNone, {}};
  }

  Context context_;  // null where there was no memory for it
  int window_log_;
  uint64_t consumed_ = 0;        // by context_
  size_t wanted_ = kMagicBytes;  // input that the library asks for next; > 0 within a frame
  bool is_full_ = false;         // whether the last call filled all it was given
};

}  // namespace

Result<std::unique_ptr<ByteStream>> decompress_zstd(std::unique_ptr<ByteStream> source,
                                                    Frames frames, uint64_t max_window_bytes) {
  const int memory_log = static_cast<int>(std::bit_width(max_window_bytes)) - 1;
  const int window_log = std::clamp(memory_log, kMinWindowLog, kMaxWindowLog);
  TRY(Context context, make_context(window_log));
  return std::make_unique<FramedStream>(
      "zstd", std::move(source), std::make_unique<ZstdDecoder>(std::move(context), window_log),
      frames);
}

}  // namespace rdbproof
