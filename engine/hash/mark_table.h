// A set of whole marks, of bounded size.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/hash/mark.h"

namespace rdbproof {

// Spreads marks in a way that nobody knows before the program runs, so that nobody can choose marks
// that crowd one place. Different salts spread differently.
class MarkSpread {
 public:
  explicit MarkSpread(uint64_t salt);
  uint64_t operator()(const Mark& mark) const {
    return mark.low() * low_factor_ + mark.high() * high_factor_;
  }

 private:
  uint64_t low_factor_;
  uint64_t high_factor_;
};

class MarkTable {
 public:
  enum class Answer : uint8_t { kNew, kMet, kFull };

  // For `count` marks, or as many as `max_bytes` hold; a few in any case.
  MarkTable(uint64_t count, uint64_t max_bytes, uint64_t salt);

  // Met before, or new and kept; or new and not kept, because the table is full.
  Answer add(Mark mark);

 private:
  MarkSpread spread_;
  uint64_t room_;
  std::vector<Mark> slots_;  // a zero mark is a free slot
};

}  // namespace rdbproof
