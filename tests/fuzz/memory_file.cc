#include "tests/fuzz/memory_file.h"

#include <sys/mman.h>
#include <unistd.h>

#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {

MemoryFile::MemoryFile(Bytes data) : fd_(::memfd_create("fuzz", MFD_CLOEXEC)) {
  FUZZ_CHECK(fd_, errno_text(errno));
  path_ = "/proc/self/fd/" + std::to_string(fd_.get());
  while (!data.empty()) {
    const ssize_t written = ::write(fd_.get(), data.data(), data.size());
    FUZZ_CHECK(written > 0, errno_text(errno));
    data.remove_prefix(static_cast<size_t>(written));
  }
}

}  // namespace rdbproof::fuzz
