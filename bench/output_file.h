// A file that appears under its name only when it is complete.
#pragma once

#include <string>

#include "engine/base/result.h"

namespace rdbproof::bench {

// Written beside its final place and renamed by commit(); removed by the destructor otherwise.
class OutputFile {
 public:
  static Result<OutputFile> create(const std::string& path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  int descriptor() const { return descriptor_; }
  Result<void> commit();

 private:
  OutputFile(std::string path, std::string temporary, int descriptor);

  std::string path_;
  std::string temporary_;  // empty when there is nothing to remove
  int descriptor_;
};

}  // namespace rdbproof::bench
