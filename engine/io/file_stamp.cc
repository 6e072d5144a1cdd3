#include "engine/io/file_stamp.h"

#include <cerrno>

#include "engine/io/os.h"

namespace rdbproof {

FileStamp stamp_of(const struct stat& status) {
  return {static_cast<uint64_t>(status.st_size), status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

Result<void> expect_unchanged(int fd, const FileStamp& stamp, const std::string& name) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) {
    return fail("cannot examine " + display_name(name) + ": " + errno_text(errno));
  }
  const FileStamp now = stamp_of(status);
  const std::string changed = display_name(name) + " changed while it was read: ";
  const char* const hint = "take the copy again when nobody writes to it";
  if (now.size != stamp.size) {
    return fail(changed + "it is now " + std::to_string(now.size) + " bytes, it was " +
                    std::to_string(stamp.size),
                hint);
  }
  if (now.modified_sec != stamp.modified_sec || now.modified_nsec != stamp.modified_nsec) {
    return fail(changed + "it was written to", hint);
  }
  return {};
}

}  // namespace rdbproof
