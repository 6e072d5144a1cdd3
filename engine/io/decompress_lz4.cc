#include <lz4frame.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/io/decompress.h"
#include "engine/io/framed_stream.h"

namespace rdbproof {
namespace {

constexpr size_t kBlockHeaderBytes = 4;
constexpr size_t kMagicBytes = 4;

struct FreeContext {
  void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
};
using Context = std::unique_ptr<LZ4F_dctx, FreeContext>;

class Lz4Decoder final : public FrameDecoder {
 public:
  explicit Lz4Decoder(Context context) : context_(std::move(context)) {}

  bool may_begin(Bytes front) const override {
    return matches_magic(front, kLz4Magic) || matches_magic(front, kSkippableMagic, kSkippableMask);
  }

  void begin() override {
    LZ4F_resetDecompressionContext(context_.get());
    wanted_ = kMagicBytes;
    is_full_ = false;
  }

  DecodeStep step(Bytes input, char* into, size_t capacity) override {
    // A failing call does not tell what it wrote, so no call gets more than one block, nor one
    // while some of another is to be given out: everything before the failure is then out already.
    if (is_full_) {
      const DecodeStep rest = call("", into, capacity);
      if (rest.produced > 0 || rest.end != DecodeStep::End::kNone) return rest;
    }
    // The hint includes the next block's header.
    const size_t feed = wanted_ > kBlockHeaderBytes ? wanted_ - kBlockHeaderBytes : wanted_;
    return call(input.substr(0, feed), into, capacity);
  }

 private:
  DecodeStep call(Bytes input, char* into, size_t capacity) {
    size_t consumed = input.size();
    size_t produced = capacity;
    const size_t result =
        LZ4F_decompress(context_.get(), into, &produced, input.data(), &consumed, nullptr);
    if (LZ4F_isError(result) != 0) return failed_step(result);
    wanted_ = result;
    is_full_ = produced == capacity;
    return {consumed, produced, result == 0 ? DecodeStep::End::kFrame : DecodeStep::End::kNone, {}};
  }

  DecodeStep failed_step(size_t result) {
    const std::string_view name = LZ4F_getErrorName(result);
    if (name == "ERROR_allocation_failed") return {0, 0, DecodeStep::End::kNoMemory, {}};
    LZ4F_frameInfo_t info{};
    size_t none = 0;
    // Fails as long as the frame's header was not read; info stays zero then.
    (void)LZ4F_getFrameInfo(context_.get(), &info, "", &none);
    if (info.dictID != 0) {
      return {0, 0, DecodeStep::End::kUnsupported, "the frame needs a dictionary"};
    }
    return {0, 0, DecodeStep::End::kCorrupt, std::string(name)};
  }

  Context context_;
  size_t wanted_ = kMagicBytes;  // input that the library asks for next; > 0 within a frame
  bool is_full_ = false;         // whether the last call filled all it was given
};

}  // namespace

Result<std::unique_ptr<ByteStream>> decompress_lz4(std::unique_ptr<ByteStream> source,
                                                   Frames frames) {
  LZ4F_dctx* raw = nullptr;
  const size_t result = LZ4F_createDecompressionContext(&raw, LZ4F_VERSION);
  Context context(raw);
  if (LZ4F_isError(result) != 0) {
    return fail(std::string("cannot decompress LZ4: ") + LZ4F_getErrorName(result));
  }
  return std::make_unique<FramedStream>("lz4", std::move(source),
                                        std::make_unique<Lz4Decoder>(std::move(context)), frames);
}

}  // namespace rdbproof
