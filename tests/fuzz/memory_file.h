// A file that is nowhere on a disk, with a path.
#pragma once

#include <string>

#include "engine/base/bytes.h"
#include "engine/io/os.h"

namespace rdbproof::fuzz {

class MemoryFile {
 public:
  explicit MemoryFile(Bytes data);
  // Valid as long as this object, in this process.
  const std::string& path() const { return path_; }

 private:
  UniqueFd fd_;
  std::string path_;
};

}  // namespace rdbproof::fuzz
