#include "bench/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace rdbproof::bench {
namespace {

tl::unexpected<Error> system_failure(const std::string& what) {
  const int reason = errno;
  return fail(fmt::format("{}: {}", what, std::generic_category().message(reason)));
}

}  // namespace

OutputFile::OutputFile(std::string path, std::string temporary, int descriptor)
    : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<OutputFile> OutputFile::create(const std::string& path) {
  std::string temporary = fmt::format("{}.partial-{}", path, ::getpid());
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (descriptor < 0) return system_failure("cannot create " + temporary);
  return OutputFile(path, std::move(temporary), descriptor);
}

Result<void> OutputFile::commit() {
  if (::close(std::exchange(descriptor_, -1)) != 0) return system_failure("cannot close " + path_);
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    return system_failure("cannot rename to " + path_);
  }
  temporary_.clear();
  return {};
}

}  // namespace rdbproof::bench
