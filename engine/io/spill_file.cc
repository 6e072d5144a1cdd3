#include "engine/io/spill_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace rdbproof {
namespace {

// Address space only; pages come with the bytes.
constexpr size_t kMinMapBytes = size_t{1} << 20;

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

Result<std::unique_ptr<SpillFile>> SpillFile::create(const std::string& directory) {
  std::string place = directory;
  if (place.empty()) {
    const char* const chosen = std::getenv("TMPDIR");
    place = chosen != nullptr && *chosen != '\0' ? chosen : "/tmp";
  }
  UniqueFd fd(open_unlinked(place));
  if (!fd) {
    return fail(
        "cannot create a temporary file in " + display_name(place) + ": " + errno_text(errno),
        "set TMPDIR to a directory that can be written to");
  }
  return std::unique_ptr<SpillFile>(new SpillFile(std::move(fd), std::move(place)));
}

SpillFile::~SpillFile() {
  if (map_ != nullptr) ::munmap(map_, mapped_);
}

Result<void> SpillFile::append(Bytes data) {
  const size_t size = size_ + data.size();
  // Written, not stored through the map: the file system then reserves the space or says no.
  for (size_t at = size_; !data.empty();) {
    const ssize_t put = ::pwrite(fd_.get(), data.data(), data.size(), static_cast<off_t>(at));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return failure(put < 0 ? errno : ENOSPC);
    at += static_cast<size_t>(put);
    data.remove_prefix(static_cast<size_t>(put));
  }
  if (auto extended = extend_map(size); !extended) return extended;
  size_ = size;
  return {};
}

Result<void> SpillFile::extend_map(size_t size) {
  if (size <= mapped_) return {};
  const size_t wanted = std::max({size, 2 * mapped_, kMinMapBytes});
  void* const map = map_ == nullptr ? ::mmap(nullptr, wanted, PROT_READ, MAP_SHARED, fd_.get(), 0)
                                    : ::mremap(map_, mapped_, wanted, MREMAP_MAYMOVE);
  if (map == MAP_FAILED) return failure(errno);
  map_ = static_cast<char*>(map);
  mapped_ = wanted;
  return {};
}

tl::unexpected<Error> SpillFile::failure(int error) const {
  const std::string record = " a record of " + std::to_string(size_) + " bytes or more";
  const std::string place = display_name(directory_);
  if (error == ENOSPC || error == EDQUOT) {
    return fail("no space left in " + place + " while holding" + record,
                "set TMPDIR to a directory with more space");
  }
  return fail("cannot hold" + record + " in " + place + ": " + errno_text(error),
              "set TMPDIR to another directory");
}

}  // namespace rdbproof
