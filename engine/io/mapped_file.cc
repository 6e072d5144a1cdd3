#include "engine/io/mapped_file.h"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

namespace rdbproof {

Result<std::unique_ptr<MappedFile>> MappedFile::open(UniqueFd fd, std::string name) {
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) {
    return fail("cannot examine " + display_name(name) + ": " + errno_text(errno));
  }
  if (!S_ISREG(status.st_mode)) {
    return fail("cannot map " + display_name(name) + ": not a regular file");
  }
  const FileStamp stamp = stamp_of(status);
  void* data = nullptr;
  if (stamp.size > 0) {
    data = ::mmap(nullptr, stamp.size, PROT_READ, MAP_SHARED, fd.get(), 0);
    if (data == MAP_FAILED) {
      return fail("cannot map " + display_name(name) + ": " + errno_text(errno));
    }
    // Advice only: without it the file is read the same, slower.
    (void)::madvise(data, stamp.size, MADV_SEQUENTIAL);
  }
  std::unique_ptr<MappedFile> file(
      new MappedFile(std::move(fd), std::move(name), stamp, static_cast<char*>(data)));
  if (file->guard_ && !file->guard_->active()) {
    return fail("cannot map " + display_name(file->name_) + ": too many files are mapped");
  }
  return file;
}

MappedFile::MappedFile(UniqueFd fd, std::string name, FileStamp stamp, char* data)
    : fd_(std::move(fd)), name_(std::move(name)), stamp_(stamp), data_(data) {
  if (data_ != nullptr) guard_.emplace(data_, stamp_.size);
}

MappedFile::~MappedFile() {
  guard_.reset();
  if (data_ != nullptr) ::munmap(data_, stamp_.size);
}

Result<void> MappedFile::check_unchanged() const {
  if (auto unchanged = expect_unchanged(fd_.get(), stamp_, name_); !unchanged) return unchanged;
  if (guard_ && guard_->page_vanished()) {
    return fail("cannot read " + display_name(name_) + ": a part of it could not be read",
                "check the disk, or copy the file and look whether the copy can be made");
  }
  return {};
}

}  // namespace rdbproof
