// What text reports are laid out with.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/report/verify_report.h"

namespace rdbproof {

// Rows of cells: the first columns left-aligned, the others right-aligned.
class Table {
 public:
  explicit Table(size_t left_aligned = 1) : left_aligned_(left_aligned) {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string render(std::string_view indent) const;

 private:
  size_t left_aligned_;
  std::vector<std::vector<std::string>> rows_;
};

// `code` is that of an ANSI escape sequence.
std::string paint(std::string_view text, std::string_view code, const TextStyle& style);

}  // namespace rdbproof
