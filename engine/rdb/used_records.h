// Which types and opcodes a file uses.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

namespace rdbproof {

// By first byte of a record: where it stands for the first time.
class UsedRecords {
 public:
  static constexpr uint64_t kNowhere = ~uint64_t{0};

  UsedRecords() { first_.fill(kNowhere); }

  void add(uint8_t byte, uint64_t offset) {
    if (first_[byte] == kNowhere) [[unlikely]]
      first_[byte] = offset;
  }
  void merge(const UsedRecords& other) {
    for (size_t i = 0; i < first_.size(); ++i) first_[i] = std::min(first_[i], other.first_[i]);
  }
  // What a block at `offset` holds.
  void add_block(const UsedRecords& block, uint64_t offset) {
    for (size_t i = 0; i < first_.size(); ++i) {
      if (block.first_[i] != kNowhere) add(static_cast<uint8_t>(i), offset);
    }
  }

  uint64_t first_offset(uint8_t byte) const { return first_[byte]; }

 private:
  std::array<uint64_t, 256> first_;
};

}  // namespace rdbproof
