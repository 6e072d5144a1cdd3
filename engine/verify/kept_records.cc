#include "engine/verify/kept_records.h"

#include <algorithm>

namespace rdbproof {

bool KeptRecords::add_key(const Key& key, const ValueSummary& value) {
  add(key.offset, value.end_offset);
  return !is_left_out(key.offset, std::max(value.end_offset, key.offset + 1));
}

void KeptRecords::add_other(const OtherRecord& record) {
  constexpr uint8_t kSlotInfo = 244;
  constexpr uint8_t kResizeDb = 251;
  constexpr uint8_t kEnd = 255;
  if (record.byte == kSlotInfo || record.byte == kResizeDb || record.byte == kEnd) return;
  add(record.offset, record.end_offset);
}

// Records inside a compressed block have no bytes of their own; their block is kept as a whole.
void KeptRecords::add(uint64_t begin, uint64_t end) {
  if (begin >= end || is_left_out(begin, end)) return;
  // A record between a key and its attributes, which begin the key's run.
  while (!runs_.empty() && runs_.back().first >= begin) runs_.pop_back();
  if (!runs_.empty() && runs_.back().second == begin) {
    runs_.back().second = end;
  } else {
    runs_.emplace_back(begin, end);
  }
}

bool KeptRecords::is_left_out(uint64_t begin, uint64_t end) const {
  const auto place = std::ranges::lower_bound(leave_out_, begin);
  return place != leave_out_.end() && *place < end;
}

std::string KeptRecords::copy_from(const Frame& frame) const {
  std::string bytes;
  for (const auto& [begin, end] : runs_) {
    bytes += frame.bytes.substr(begin - frame.offset, end - begin);
  }
  return bytes;
}

}  // namespace rdbproof
