#include "engine/io/temporary.h"

#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace rdbproof {
namespace {

int open_unlinked(const std::string& directory) {
  int fd = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  // What kernels and file systems without O_TMPFILE answer.
  if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)) return fd;
  std::string path = directory + "/rdbproof-XXXXXX";
  fd = ::mkostemp(path.data(), O_CLOEXEC);
  if (fd >= 0) ::unlink(path.c_str());
  return fd;
}

}  // namespace

std::string temporary_directory(const std::string& directory) {
  if (!directory.empty()) return directory;
  const char* const chosen = std::getenv("TMPDIR");
  return chosen != nullptr && *chosen != '\0' ? chosen : "/var/tmp";
}

Result<void> expect_free(const std::string& directory, uint64_t bytes) {
  struct statvfs status {};
  if (::statvfs(directory.c_str(), &status) != 0) return {};  // whoever opens a file there will say
  const uint64_t free_bytes = uint64_t{status.f_bavail} * status.f_frsize;
  if (free_bytes >= bytes) return {};
  constexpr uint64_t kMega = 1'000'000;
  return fail("temporary files would take about " + std::to_string(bytes / kMega + 1) + " MB in " +
                  display_name(directory) + ", where " + std::to_string(free_bytes / kMega) +
                  " MB are free",
              "raise --max-memory, or name another directory by --temp-dir or TMPDIR");
}

Result<UniqueFd> open_temporary(const std::string& directory) {
  UniqueFd fd(open_unlinked(directory));
  if (fd) return fd;
  return fail(
      "cannot create a temporary file in " + display_name(directory) + ": " + errno_text(errno),
      "name another directory by --temp-dir or TMPDIR");
}

int write_at(int fd, Bytes data, uint64_t offset) {
  while (!data.empty()) {
    const ssize_t put = ::pwrite(fd, data.data(), data.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return put < 0 ? errno : ENOSPC;
    offset += static_cast<uint64_t>(put);
    data.remove_prefix(static_cast<size_t>(put));
  }
  return 0;
}

}  // namespace rdbproof
