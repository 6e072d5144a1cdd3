#include "engine/io/read_ahead.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace rdbproof {
namespace {

constexpr size_t kChunkBytes = size_t{256} << 10;

}  // namespace

ReadAheadStream::ReadAheadStream(std::unique_ptr<ByteStream> source,
                                 std::shared_ptr<Interrupt> interrupt)
    : source_(std::move(source)), interrupt_(std::move(interrupt)) {
  for (Chunk& chunk : chunks_) chunk.bytes = std::make_unique_for_overwrite<char[]>(kChunkBytes);
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

ReadAheadStream::~ReadAheadStream() {
  thread_.request_stop();
  if (interrupt_) interrupt_->raise();
}

void ReadAheadStream::run(const std::stop_token& stop) {
  for (bool is_last = false; !is_last;) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [&] { return filled_ - released_ < kChunks; });
    if (stop.stop_requested()) return;
    Chunk& chunk = chunks_[filled_ % kChunks];
    lock.unlock();
    try {
      fill(chunk);
    } catch (...) {
      exception_ = std::current_exception();
      chunk.is_last = true;
    }
    is_last = chunk.is_last;
    lock.lock();
    ++filled_;
    lock.unlock();
    changed_.notify_all();
  }
}

void ReadAheadStream::fill(Chunk& chunk) {
  chunk.size = 0;
  while (!chunk.is_last && chunk.size < kChunkBytes) {
    Result<size_t> got = source_->read(chunk.bytes.get() + chunk.size, kChunkBytes - chunk.size);
    if (!got) error_ = std::move(got).error();
    chunk.is_last = error_ || *got == 0;
    if (!chunk.is_last) chunk.size += *got;
  }
  chunk.bytes_in = source_->bytes_in();
}

Result<size_t> ReadAheadStream::read(char* into, size_t capacity) {
  for (;;) {
    if (ended_) return finish();
    const Chunk& chunk = wait_for_chunk();
    bytes_in_ = chunk.bytes_in;
    const size_t count = std::min(capacity, chunk.size - used_);
    std::memcpy(into, chunk.bytes.get() + used_, count);
    used_ += count;
    if (used_ == chunk.size) {
      ended_ = chunk.is_last;
      release_chunk();
    }
    if (count > 0) return count;
  }
}

const ReadAheadStream::Chunk& ReadAheadStream::wait_for_chunk() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return filled_ > released_; });
  return chunks_[released_ % kChunks];
}

void ReadAheadStream::release_chunk() {
  used_ = 0;
  {
    const std::lock_guard lock(mutex_);
    ++released_;
  }
  changed_.notify_all();
}

Result<size_t> ReadAheadStream::finish() const {
  if (exception_) std::rethrow_exception(exception_);
  if (error_) return tl::unexpected(*error_);
  return size_t{0};
}

const std::optional<Finding>& ReadAheadStream::damage() const {
  return ended_ ? source_->damage() : ByteStream::damage();
}

}  // namespace rdbproof
