// A regular file, mapped read-only.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/result.h"
#include "engine/io/file_stamp.h"
#include "engine/io/os.h"
#include "engine/io/sigbus_guard.h"

namespace rdbproof {

class MappedFile {
 public:
  // Takes ownership of `fd`, a regular file open for reading. `name` is as the user wrote it.
  // Fails where the file system cannot map files.
  static Result<std::unique_ptr<MappedFile>> open(UniqueFd fd, std::string name);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  // Valid as long as this object. Any thread may read it. If the file shrinks meanwhile, what was
  // cut off reads as zeros. Passing such bytes to a system call gives EFAULT.
  Bytes bytes() const { return {data_, static_cast<size_t>(stamp_.size)}; }

  // An error if the file was written to since it was opened, or some of it could not be read. What
  // was concluded from bytes() before holds only if this succeeds afterwards.
  Result<void> check_unchanged() const;

 private:
  MappedFile(UniqueFd fd, std::string name, FileStamp stamp, char* data);

  UniqueFd fd_;
  std::string name_;
  FileStamp stamp_;
  char* data_;  // null if the file is empty
  std::optional<SigbusGuard> guard_;
};

}  // namespace rdbproof
