// Marks that were met again.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/hash/mark.h"

namespace rdbproof {

// Counts all, and keeps the lowest ones: which these are depends on the marks alone.
class Repetitions {
 public:
  static constexpr size_t kMostKept = size_t{1} << 16;

  // For each time but the first that a mark was met.
  void add(const Mark& mark);
  void merge(Repetitions&& other);

  uint64_t total() const { return total_; }
  // Those that were kept, ascending, each once.
  const std::vector<Mark>& marks();
  // Whether these are all there are.
  bool kept_all();

 private:
  void keep(const Mark& mark);
  void tidy();

  uint64_t total_ = 0;
  bool dropped_ = false;  // some; then those above the highest kept one are not kept
  Mark highest_{};
  std::vector<Mark> marks_;
};

}  // namespace rdbproof
