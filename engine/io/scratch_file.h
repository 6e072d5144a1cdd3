// Scratch in an unlinked temporary file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "engine/base/scratch.h"
#include "engine/io/os.h"

namespace rdbproof {

class ScratchFile final : public Scratch {
 public:
  // In `directory`; if that is empty, in $TMPDIR or else /var/tmp.
  static Result<std::unique_ptr<Scratch>> create(const std::string& directory);

  Result<void> append(Bytes data) override;
  uint64_t size() const override { return size_; }
  Result<void> read(uint64_t offset, char* into, size_t size) const override;

 private:
  ScratchFile(UniqueFd fd, std::string directory)
      : fd_(std::move(fd)), directory_(std::move(directory)) {}

  UniqueFd fd_;
  std::string directory_;
  uint64_t size_ = 0;
};

}  // namespace rdbproof
