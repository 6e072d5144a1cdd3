// The records of a frame that are worth keeping, as they stand in the file.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/model/event.h"
#include "engine/scan/frame.h"

namespace rdbproof {

class KeptRecords {
 public:
  // `leave_out`: places, ascending, which no kept record may contain.
  explicit KeptRecords(const std::vector<uint64_t>& leave_out) : leave_out_(leave_out) {}

  // Whether it is kept.
  bool add_key(const Key& key, const ValueSummary& value);
  // Ignores what servers do not need and what would no longer be true: sizes, and the end.
  void add_other(const OtherRecord& record);

  // The bytes, of the frame that the records came from.
  std::string copy_from(const Frame& frame) const;

 private:
  void add(uint64_t begin, uint64_t end);
  bool is_left_out(uint64_t begin, uint64_t end) const;

  const std::vector<uint64_t>& leave_out_;
  std::vector<std::pair<uint64_t, uint64_t>> runs_;  // ascending offsets in the source
};

}  // namespace rdbproof
