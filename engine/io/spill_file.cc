#include "engine/io/spill_file.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "engine/io/temporary.h"

namespace rdbproof {
namespace {

// Address space only; pages come with the bytes.
constexpr size_t kMinMapBytes = size_t{1} << 20;

}  // namespace

Result<std::unique_ptr<SpillFile>> SpillFile::create(const std::string& directory) {
  std::string place = temporary_directory(directory);
  TRY(UniqueFd fd, open_temporary(place));
  return std::unique_ptr<SpillFile>(new SpillFile(std::move(fd), std::move(place)));
}

SpillFile::~SpillFile() {
  if (map_ != nullptr) ::munmap(map_, mapped_);
}

Result<void> SpillFile::append(Bytes data) {
  const size_t size = size_ + data.size();
  // Written, not stored through the map: the file system then reserves the space or says no.
  const int error = write_at(fd_.get(), data, size_);
  if (error != 0) return failure(error);
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
                "name a directory with more space by --temp-dir or TMPDIR");
  }
  return fail("cannot hold" + record + " in " + place + ": " + errno_text(error),
              "name another directory by --temp-dir or TMPDIR");
}

}  // namespace rdbproof
