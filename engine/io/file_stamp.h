// Tells whether a file was written to while it was read.
#pragma once

#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "engine/base/result.h"

namespace rdbproof {

struct FileStamp {
  uint64_t size = 0;          // bytes
  int64_t modified_sec = 0;   // since the epoch
  int64_t modified_nsec = 0;  // 0 to 999999999
};

FileStamp stamp_of(const struct stat& status);

// An error if the file behind `fd` no longer has `stamp`.
Result<void> expect_unchanged(int fd, const FileStamp& stamp, const std::string& name);

}  // namespace rdbproof
