#include "engine/io/scratch_file.h"

#include "engine/io/temporary.h"

namespace rdbproof {

Result<std::unique_ptr<Scratch>> ScratchFile::create(const std::string& directory) {
  std::string place = temporary_directory(directory);
  TRY(UniqueFd fd, open_temporary(place));
  return std::unique_ptr<Scratch>(new ScratchFile(std::move(fd), std::move(place)));
}

Result<void> ScratchFile::append(Bytes data) {
  const int error = write_at(fd_.get(), data, size_);
  if (error != 0) {
    return fail("cannot write a temporary file in " + display_name(directory_) + ": " +
                errno_text(error));
  }
  size_ += data.size();
  return {};
}

Result<void> ScratchFile::read(uint64_t offset, char* into, size_t size) const {
  while (size != 0) {
    TRY(const size_t got, read_some_at(fd_.get(), into, size, offset, "a temporary file"));
    if (got == 0) return fail("a temporary file in " + display_name(directory_) + " was cut off");
    offset += got;
    into += got;
    size -= got;
  }
  return {};
}

}  // namespace rdbproof
