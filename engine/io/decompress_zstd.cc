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
constexpr int kMinWindowLog = 23;  // what zstd writes without options that ask for more
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

class ZstdDecoder final : public FrameDecoder {
 public:
  explicit ZstdDecoder(Context context) : context_(std::move(context)) {}

  bool may_begin(Bytes front) const override {
    return matches_magic(front, kZstdMagic) ||
           matches_magic(front, kSkippableMagic, kSkippableMask);
  }

  void begin() override {
    ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
    wanted_ = kMagicBytes;
  }

  DecodeStep step(Bytes input, char* into, size_t capacity) override {
    // A failing call gives no output, so no call gets more than one block: everything before the
    // failure is then out already. The hint of the library includes the next block's header.
    const size_t feed = wanted_ > kBlockHeaderBytes ? wanted_ - kBlockHeaderBytes : wanted_;
    ZSTD_inBuffer in{input.data(), std::min(input.size(), feed), 0};
    ZSTD_outBuffer out{into, capacity, 0};
    const size_t result = ZSTD_decompressStream(context_.get(), &out, &in);
    if (ZSTD_isError(result) != 0) return failed_step(result);
    wanted_ = result;
    return {in.pos, out.pos, result == 0 ? DecodeStep::End::kFrame : DecodeStep::End::kNone, {}};
  }

 private:
  Context context_;
  size_t wanted_ = kMagicBytes;  // input that the library asks for next; > 0 within a frame
};

}  // namespace

Result<std::unique_ptr<ByteStream>> decompress_zstd(std::unique_ptr<ByteStream> source,
                                                    Frames frames, uint64_t max_window_bytes) {
  const int memory_log = static_cast<int>(std::bit_width(max_window_bytes)) - 1;
  const int window_log = std::clamp(memory_log, kMinWindowLog, kMaxWindowLog);
  Context context(ZSTD_createDCtx());
  if (!context) return fail("cannot decompress zstd: out of memory");
  const size_t result = ZSTD_DCtx_setParameter(context.get(), ZSTD_d_windowLogMax, window_log);
  if (ZSTD_isError(result) != 0) {
    return fail(std::string("cannot decompress zstd: ") + ZSTD_getErrorName(result));
  }
  return std::make_unique<FramedStream>("zstd", std::move(source),
                                        std::make_unique<ZstdDecoder>(std::move(context)), frames);
}

}  // namespace rdbproof
