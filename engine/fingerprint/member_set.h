// Notices when a set member, a hash field, a sorted set member, or a group or consumer of a stream
// occurs twice in one value.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/hash/hash128.h"

namespace rdbproof {

// Keeps 16 bytes a member of the value at hand.
class MemberSet {
 public:
  void clear() { hashes_.clear(); }
  void add(Uint128 member_hash) { hashes_.push_back(member_hash); }

  // Whether two hashes are equal. Takes the order away.
  bool has_repetition();

 private:
  bool has_repetition_in_few() const;
  bool has_equal_low_halves();

  std::vector<Uint128> hashes_;
  std::vector<uint64_t> slots_;
};

}  // namespace rdbproof
