// Writes all differences to a file: one JSON object or one CSV row each.
#pragma once

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/diff/diff.h"
#include "engine/io/output_file.h"

namespace rdbproof {

class DifferenceWriter {
 public:
  // The format is that of the name: .ndjson or .csv. Refuses a file that exists, unless `replace`.
  static Result<std::unique_ptr<DifferenceWriter>> create(const std::string& path, bool replace,
                                                          bool show_values);

  Result<void> add(const NamedDifference& difference);
  // Gives the file its name. Without it nothing is left behind.
  Result<void> commit();

 private:
  DifferenceWriter(OutputFile file, std::string path, bool is_csv, bool show_values)
      : file_(std::move(file)),
        path_(std::move(path)),
        is_csv_(is_csv),
        show_values_(show_values) {}
  void add_csv(const NamedDifference& difference);
  Result<void> flush();

  OutputFile file_;
  std::string path_;
  bool is_csv_;
  bool show_values_;
  std::string buffer_;
  uint64_t written_ = 0;
};

}  // namespace rdbproof
