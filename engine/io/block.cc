#include "engine/io/block.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace rdbproof {
namespace {

constexpr size_t kStepBytes = size_t{64} << 10;
constexpr size_t kFileStepBytes = size_t{1} << 20;

}  // namespace

Block::Block(size_t spill_bytes, std::string directory)
    : spill_bytes_(spill_bytes), directory_(std::move(directory)) {}

Block::Block(Block&& other) noexcept : spill_bytes_(other.spill_bytes_) {
  *this = std::move(other);
}

Block& Block::operator=(Block&& other) noexcept {
  if (this == &other) return *this;
  spill_bytes_ = other.spill_bytes_;
  directory_ = other.directory_;
  memory_ = std::move(other.memory_);
  capacity_ = std::exchange(other.capacity_, 0);
  size_ = std::exchange(other.size_, 0);
  file_ = std::move(other.file_);
  return *this;
}

Bytes Block::bytes() const {
  return file_ ? file_->bytes() : Bytes(memory_.get(), size_);
}

Result<void> Block::append(Bytes data) {
  if (!file_ && data.size() > spill_bytes_ - size_) {
    if (auto spilled = spill(); !spilled) return spilled;
  }
  if (file_) return file_->append(data);
  if (data.empty()) return {};
  if (size_ + data.size() > capacity_) {
    const size_t wanted = std::max(size_ + data.size(), std::min(2 * size_, spill_bytes_));
    if (auto reserved = reserve(wanted); !reserved) return reserved;
  }
  std::memcpy(memory_.get() + size_, data.data(), data.size());
  size_ += data.size();
  return {};
}

Result<size_t> Block::fill(ByteStream& stream, size_t count) {
  size_t added = 0;
  if (!file_) {
    const size_t in_memory = std::min(count, spill_bytes_ - size_);
    TRY(added, fill_memory(stream, in_memory));
    if (added < in_memory || added == count) return added;
    if (auto spilled = spill(); !spilled) return tl::unexpected(std::move(spilled).error());
  }
  TRY(const size_t more, fill_file(stream, count - added));
  return added + more;
}

Result<void> Block::reserve(size_t capacity) {
  // realloc moves large blocks without copying or holding them twice.
  void* const grown = std::realloc(memory_.get(), capacity);
  if (grown == nullptr) {
    return fail("out of memory while holding a record of " + std::to_string(size_) +
                " bytes or more");
  }
  (void)memory_.release();
  memory_.reset(static_cast<char*>(grown));
  capacity_ = capacity;
  return {};
}

Result<void> Block::spill() {
  TRY(std::unique_ptr<SpillFile> file, SpillFile::create(directory_));
  if (auto moved = file->append(bytes()); !moved) return moved;
  file_ = std::move(file);
  memory_.reset();
  capacity_ = size_ = 0;
  return {};
}

Result<size_t> Block::fill_memory(ByteStream& stream, size_t count) {
  size_t added = 0;
  while (added < count) {
    // Doubles at most: hostile counts get no memory before their bytes are there.
    const size_t step = std::min(count - added, std::max(size_, kStepBytes));
    if (size_ == capacity_) {
      const size_t wanted = std::max(size_ + step, std::min(2 * size_, spill_bytes_));
      if (auto reserved = reserve(wanted); !reserved) {
        return tl::unexpected(std::move(reserved).error());
      }
    }
    TRY(const size_t got, stream.read(memory_.get() + size_, std::min(step, capacity_ - size_)));
    if (got == 0) break;
    size_ += got;
    added += got;
  }
  return added;
}

Result<size_t> Block::fill_file(ByteStream& stream, size_t count) {
  const size_t step = std::min(count, kFileStepBytes);
  const auto buffer = std::make_unique_for_overwrite<char[]>(step);
  size_t added = 0;
  while (added < count) {
    TRY(const size_t got, read_fully(stream, buffer.get(), std::min(step, count - added)));
    if (got == 0) break;
    if (auto appended = file_->append({buffer.get(), got}); !appended) {
      return tl::unexpected(std::move(appended).error());
    }
    added += got;
  }
  return added;
}

}  // namespace rdbproof
