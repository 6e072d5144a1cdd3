#include "engine/scan/window.h"

#include <algorithm>

#include "engine/base/stage_times.h"
#include "engine/io/block.h"
#include "engine/scan/mapped_frame.h"

namespace rdbproof {
namespace {

class MappedWindow final : public Window {
 public:
  explicit MappedWindow(const MappedFile& file) : rest_(file.bytes()) {}

  Bytes bytes() const override { return rest_; }
  uint64_t offset() const override { return offset_; }
  bool is_last() const override { return true; }
  Result<void> grow() override { return {}; }
  uint64_t bytes_in() const override { return offset_; }

  Result<Frame> take(uint64_t length) override {
    const Bytes taken = rest_.substr(0, length);
    const Frame frame{taken, offset_, true, std::make_shared<MappedFrame>(taken)};
    rest_.remove_prefix(length);
    offset_ += length;
    return frame;
  }

 private:
  Bytes rest_;
  uint64_t offset_ = 0;
};

// A block and the frames that were taken from it.
class SharedBlock final : public FrameStorage {
 public:
  SharedBlock(uint64_t spill_bytes, const std::string& temp_dir) : block(spill_bytes, temp_dir) {}

  Block block;
};

class StreamWindow final : public Window {
 public:
  StreamWindow(Input& input, uint64_t step_bytes, uint64_t spill_bytes)
      : stream_(*input.stream),
        step_(step_bytes),
        spill_bytes_(spill_bytes),
        temp_dir_(input.temp_dir),
        shared_(std::make_shared<SharedBlock>(spill_bytes, temp_dir_)) {}

  Bytes bytes() const override { return shared_->block.bytes().substr(used_); }
  uint64_t offset() const override { return offset_; }
  bool is_last() const override { return is_last_; }
  uint64_t bytes_in() const override { return stream_.bytes_in(); }
  std::optional<Finding> damage() const override { return stream_.damage(); }

  // Doubles, so that framing a long record anew with each step stays linear. Frames keep the block
  // that they are in, so what is left of it moves to a new one.
  Result<void> grow() override {
    const uint64_t wanted = std::max<uint64_t>(step_, bytes().size());
    if (used_ != 0) {
      auto next = std::make_shared<SharedBlock>(spill_bytes_, temp_dir_);
      TRY_VOID(next->block.append(bytes()));
      shared_ = std::move(next);
      used_ = 0;
    }
    const InStage stage(Stage::kReading, wanted);
    TRY(const size_t added, shared_->block.fill(stream_, wanted));
    is_last_ = added < wanted;
    return {};
  }

  Result<Frame> take(uint64_t length) override {
    const Frame frame{bytes().substr(0, length), offset_, true, shared_};
    used_ += length;
    offset_ += length;
    return frame;
  }

 private:
  ByteStream& stream_;
  uint64_t step_;
  uint64_t spill_bytes_;
  std::string temp_dir_;
  std::shared_ptr<SharedBlock> shared_;
  uint64_t used_ = 0;  // of the block, by frames
  uint64_t offset_ = 0;
  bool is_last_ = false;
};

}  // namespace

std::unique_ptr<Window> make_window(Input& input, uint64_t step_bytes) {
  if (input.mapped) return std::make_unique<MappedWindow>(*input.mapped);
  // Frames in flight hold about eight blocks.
  const uint64_t spill_bytes = std::min<uint64_t>(Block::kSpillBytes, input.memory_bytes / 8);
  return std::make_unique<StreamWindow>(input, step_bytes, spill_bytes);
}

}  // namespace rdbproof
