// Notices when a set member, a hash field, a sorted set member, or a group or consumer of a stream
// occurs twice in one value.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "engine/hash/mark_index.h"

namespace rdbproof {

// Keeps a hash a member of the value at hand; of values with many members 12 bytes each.
class MemberSet {
 public:
  // Gives up on values that would need more than `max_bytes`.
  explicit MemberSet(uint64_t max_bytes) : max_members_(max_bytes / sizeof(Mark)) {}

  void clear();
  void add(Uint128 member_hash) {
    few_.push_back(member_hash);
    if (few_.size() == kMostInFew) move_to_index();
  }

  // Whether two hashes are equal, of those that were kept.
  bool has_repetition() { return repeated().has_value(); }
  // The mark of one that occurs twice; which one depends on the members alone.
  std::optional<Mark> repeated();
  // Whether some were not kept.
  bool gave_up() const { return gave_up_; }

 private:
  static constexpr size_t kMostInFew = size_t{1} << 16;
  static constexpr size_t kMostProbes = 16;  // a member, on average; random ones need less than one

  void move_to_index();
  bool has_repetition_in_pairs() const;
  bool has_equal_low_halves();
  std::optional<Mark> repeated_in_index();

  uint64_t max_members_;
  bool gave_up_ = false;
  std::vector<Uint128> few_;
  std::vector<uint64_t> slots_;
  uint64_t indexed_ = 0;
  std::unique_ptr<MarkIndex> index_;  // once few_ was full
};

}  // namespace rdbproof
