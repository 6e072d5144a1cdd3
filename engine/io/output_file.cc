#include "engine/io/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

namespace rdbproof {
namespace {

std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      directory_(std::move(other.directory_)),
      replace_(other.replace_),
      fd_(std::move(other.fd_)),
      temporary_(std::exchange(other.temporary_, {})) {}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<OutputFile> OutputFile::create(const std::string& path, bool replace) {
  struct stat status {};
  const bool exists = ::lstat(path.c_str(), &status) == 0;
  if (exists && !replace) {
    return fail(display_name(path) + " exists", "give another name, or --force to replace it");
  }
  if (exists && !S_ISREG(status.st_mode)) {
    return fail(display_name(path) + " is not a regular file", "give another name");
  }
  OutputFile file(path, replace);
  file.directory_ = directory_of(path);
  TRY_VOID(file.open());
  return file;
}

Result<void> OutputFile::open() {
  fd_ = UniqueFd(::open(directory_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (fd_) return {};
  // What kernels and file systems without O_TMPFILE answer.
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL) return failure("create", errno);
  std::string name = random_name();
  fd_ = UniqueFd(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd_) return failure("create", errno);
  temporary_ = std::move(name);
  return {};
}

std::string OutputFile::random_name() const {
  return directory_ + "/.rdbproof-XXXXXX";
}

std::string OutputFile::readable_path() const {
  return "/proc/self/fd/" + std::to_string(fd_.get());
}

Result<void> OutputFile::commit() {
  if (::fsync(fd_.get()) != 0) return failure("write", errno);
  TRY_VOID(give_name());
  const UniqueFd directory(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory || ::fsync(directory.get()) != 0) return failure("write", errno);
  return {};
}

Result<void> OutputFile::give_name() {
  const std::string from = temporary_.empty() ? readable_path() : temporary_;
  if (!replace_) {  // link() fails where a name exists, rename() would replace it
    if (::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, path_.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      return failure("create", errno);
    }
    return {};
  }
  if (temporary_.empty()) {
    std::string name = random_name();
    const UniqueFd taken(::mkostemp(name.data(), O_CLOEXEC));
    if (!taken) return failure("create", errno);
    ::unlink(name.c_str());
    if (::linkat(AT_FDCWD, from.c_str(), AT_FDCWD, name.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      return failure("create", errno);
    }
    temporary_ = std::move(name);
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) return failure("replace", errno);
  temporary_.clear();
  return {};
}

tl::unexpected<Error> OutputFile::failure(const char* doing, int error) const {
  return fail(std::string("cannot ") + doing + " " + display_name(path_) + ": " + errno_text(error),
              error == ENOSPC || error == EDQUOT ? "give a place with more space" : "");
}

}  // namespace rdbproof
