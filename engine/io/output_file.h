// A file that appears under its name whole, or not at all.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/io/os.h"

namespace rdbproof {

// Written without a name in the folder of its target (where the file system cannot do that: under a
// random one), readable by the owner only. Without commit() nothing is left behind.
class OutputFile {
 public:
  // Refuses a target that exists, unless `replace`.
  static Result<OutputFile> create(const std::string& path, bool replace);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  int descriptor() const { return fd_.get(); }
  // A path under which what was written can be read before it has its name.
  std::string readable_path() const;
  // Gives the file its name once its bytes are on the disk.
  Result<void> commit();

 private:
  OutputFile(std::string path, bool replace) : path_(std::move(path)), replace_(replace) {}

  Result<void> open();
  Result<void> give_name();
  std::string random_name() const;
  tl::unexpected<Error> failure(const char* doing, int error) const;

  std::string path_;
  std::string directory_;
  bool replace_;
  UniqueFd fd_;
  std::string temporary_;  // the name it has meanwhile, if any
};

}  // namespace rdbproof
