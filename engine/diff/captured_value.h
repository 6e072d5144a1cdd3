// A copy of the elements of one value, to be compared with another.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "engine/model/event.h"

namespace rdbproof {

// Takes a value's elements as they come and keeps them in as few bytes as it can: numbers as
// varints, strings behind them, eight bytes an element beside these. What it gives out points into
// it, and lives until it is cleared, assigned to or destroyed.
class CapturedValue {
 public:
  // Beyond `most_bytes` of memory it becomes too large and lets go of all it holds.
  explicit CapturedValue(uint64_t most_bytes) : most_bytes_(most_bytes) {}

  void add(std::span<const Element> batch);
  void clear();

  bool is_too_large() const { return is_too_large_; }
  uint64_t memory_bytes() const { return memory_bytes_; }
  size_t size() const { return records_.size(); }
  ElementKind kind(size_t position) const { return static_cast<ElementKind>(*records_[position]); }
  Element operator[](size_t position) const;

 private:
  char* allocate(size_t size);  // nullptr if that would be too much
  bool add(const Element& element);

  uint64_t most_bytes_;
  uint64_t memory_bytes_ = 0;
  bool is_too_large_ = false;
  std::vector<std::unique_ptr<char[]>> blocks_;
  char* next_ = nullptr;
  size_t left_ = 0;
  size_t block_bytes_ = 0;
  std::deque<const char*> records_;
};

}  // namespace rdbproof
