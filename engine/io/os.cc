#include "engine/io/os.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <system_error>

#include "engine/base/text.h"

namespace rdbproof {
namespace {

// read() transfers no more than this at once on Linux.
constexpr size_t kMaxTransfer = size_t{1} << 30;

tl::unexpected<Error> read_failure(int error, const std::string& name) {
  return fail("cannot read " + display_name(name) + ": " + errno_text(error));
}

}  // namespace

UniqueFd::~UniqueFd() {
  // Nothing was written through it, or what was written is about to be dropped: no error matters.
  if (fd_ >= 0) ::close(fd_);
}

std::string errno_text(int error) {
  std::string text = std::generic_category().message(error);
  // "Input/output error" but not "RPC ...".
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

std::string display_name(const std::string& name) {
  return name == "-" ? "standard input" : escape_for_terminal(name);
}

Result<size_t> read_some(int fd, char* into, size_t capacity, const std::string& name) {
  for (;;) {
    const ssize_t got = ::read(fd, into, std::min(capacity, kMaxTransfer));
    if (got >= 0) return static_cast<size_t>(got);
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return read_failure(errno, name);
    // A shell may hand over a non-blocking standard input.
    pollfd waiting{fd, POLLIN, 0};
    if (::poll(&waiting, 1, -1) < 0 && errno != EINTR) return read_failure(errno, name);
  }
}

Result<size_t> read_some_at(int fd, char* into, size_t capacity, uint64_t offset,
                            const std::string& name) {
  for (;;) {
    const ssize_t got =
        ::pread(fd, into, std::min(capacity, kMaxTransfer), static_cast<off_t>(offset));
    if (got >= 0) return static_cast<size_t>(got);
    if (errno != EINTR) return read_failure(errno, name);
  }
}

std::optional<uint64_t> regular_file_size(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return std::nullopt;
  return static_cast<uint64_t>(status.st_size);
}

bool is_same_file(const std::string& one, const std::string& other) {
  struct stat first {};
  struct stat second {};
  return ::stat(one.c_str(), &first) == 0 && ::stat(other.c_str(), &second) == 0 &&
         first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

}  // namespace rdbproof
