// What every source needs of the operating system.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/result.h"

namespace rdbproof {

// Owns a file descriptor; -1 owns nothing.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~UniqueFd();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

// The text of an errno value as the end of a sentence: "no such file or directory".
std::string errno_text(int error);

// An input's name as messages show it: "-" is "standard input", anything else is escaped.
std::string display_name(const std::string& name);

// Whether both paths lead to one existing file.
bool is_same_file(const std::string& one, const std::string& other);

// In bytes; absent if it cannot be told, and for pipes and whatever else cannot be read twice.
std::optional<uint64_t> regular_file_size(const std::string& path);

// Reads up to `capacity` bytes at the file position; 0 at the end. Waits when `fd` is non-blocking.
// `name` is for the message of a failure.
Result<size_t> read_some(int fd, char* into, size_t capacity, const std::string& name);

// The same at `offset`, without moving the file position.
Result<size_t> read_some_at(int fd, char* into, size_t capacity, uint64_t offset,
                            const std::string& name);

}  // namespace rdbproof
