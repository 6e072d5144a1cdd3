// Notices when a set member, a hash field, a sorted set member, or a group or consumer of a stream
// occurs twice in one value.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/hash/hash128.h"

namespace rdbproof {

// Keeps 16 bytes a member of the value at hand, and takes as much again while it grows.
class MemberSet {
 public:
  // Gives up on values that would need more than `max_bytes`.
  explicit MemberSet(uint64_t max_bytes) : max_members_(max_bytes / (2 * sizeof(Uint128))) {}

  void clear() {
    hashes_.clear();
    gave_up_ = false;
  }
  void add(Uint128 member_hash) {
    if (hashes_.size() < max_members_) [[likely]] {
      hashes_.push_back(member_hash);
    } else {
      gave_up_ = true;
    }
  }

  // Whether two hashes are equal, of those that were kept. Takes the order away.
  bool has_repetition();
  // Whether some were not kept.
  bool gave_up() const { return gave_up_; }

 private:
  bool has_repetition_in_few() const;
  bool has_equal_low_halves();

  uint64_t max_members_;
  bool gave_up_ = false;
  std::vector<Uint128> hashes_;
  std::vector<uint64_t> slots_;
};

}  // namespace rdbproof
