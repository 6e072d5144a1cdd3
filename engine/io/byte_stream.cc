#include "engine/io/byte_stream.h"

#include <fcntl.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace rdbproof {

const std::optional<Finding>& ByteStream::damage() const {
  static const std::optional<Finding> none;
  return none;
}

Result<size_t> read_fully(ByteStream& stream, char* into, size_t capacity) {
  size_t filled = 0;
  while (filled < capacity) {
    TRY(const size_t got, stream.read(into + filled, capacity - filled));
    if (got == 0) break;
    filled += got;
  }
  return filled;
}

FdStream::FdStream(UniqueFd fd, std::string name, std::optional<FileStamp> stamp,
                   std::shared_ptr<Interrupt> interrupt)
    : fd_(std::move(fd)), name_(std::move(name)), stamp_(stamp), interrupt_(std::move(interrupt)) {
  // Advice only; a pipe refuses it.
  (void)::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
}

Result<size_t> FdStream::read(char* into, size_t capacity) {
  if (interrupt_ && !stamp_) {
    TRY_VOID(interrupt_->wait_readable(fd_.get(), name_));
  }
  TRY(const size_t got, read_some(fd_.get(), into, capacity, name_));
  bytes_in_ += got;
  if (got == 0 && stamp_) {
    auto unchanged = expect_unchanged(fd_.get(), *stamp_, name_);
    if (!unchanged) return tl::unexpected(std::move(unchanged).error());
  }
  return got;
}

Result<size_t> BytesStream::read(char* into, size_t capacity) {
  const size_t count = bytes_.copy(into, capacity, used_);
  used_ += count;
  return count;
}

PrefixedStream::PrefixedStream(std::string prefix, std::unique_ptr<ByteStream> rest)
    : prefix_(std::move(prefix)), rest_(std::move(rest)) {}

Result<size_t> PrefixedStream::read(char* into, size_t capacity) {
  if (used_ == prefix_.size()) return rest_->read(into, capacity);
  const size_t count = std::min(capacity, prefix_.size() - used_);
  std::memcpy(into, prefix_.data() + used_, count);
  used_ += count;
  return count;
}

}  // namespace rdbproof
