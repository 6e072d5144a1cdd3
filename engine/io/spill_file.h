// An unlinked temporary file that only grows, mapped read-only.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/result.h"
#include "engine/io/os.h"

namespace rdbproof {

class SpillFile {
 public:
  // In `directory`; if that is empty, in $TMPDIR or else /var/tmp.
  static Result<std::unique_ptr<SpillFile>> create(const std::string& directory);
  ~SpillFile();
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;

  // Appends `data`. A full disk is an error here; reading bytes() never meets it.
  Result<void> append(Bytes data);
  // Valid until the next append.
  Bytes bytes() const { return {map_, size_}; }

 private:
  SpillFile(UniqueFd fd, std::string directory)
      : fd_(std::move(fd)), directory_(std::move(directory)) {}
  Result<void> extend_map(size_t size);
  tl::unexpected<Error> failure(int error) const;

  UniqueFd fd_;
  std::string directory_;
  char* map_ = nullptr;
  size_t mapped_ = 0;  // address space of map_; may reach past the end of the file
  size_t size_ = 0;
};

}  // namespace rdbproof
