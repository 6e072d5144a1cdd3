// Notices when a set member, a hash field, a sorted set member, or a group or consumer of a stream
// occurs twice in one value.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "engine/hash/mark_index.h"

namespace rdbproof {

// Keeps a hash a member of the value at hand; of values with many members a mark each.
class MemberSet {
 public:
  // `storage` must outlive the set.
  explicit MemberSet(const MarkStorage& storage) : storage_(storage) {}

  void clear() {
    if (touched_) reset();
  }
  void add(Uint128 member_hash) {
    touched_ = true;
    if (!hashes_) allocate();
    const auto group = static_cast<size_t>(member_hash >> (128 - kGroupBits));
    hashes_[group * kGroupSize + counts_[group]] = member_hash;
    if (++counts_[group] == kGroupSize) move_to_index(group);
  }

  // After the last add(). The mark of a member that occurs twice, if there is one; which one
  // depends on the members alone.
  const std::optional<Mark>& repeated() {
    if (touched_ && !compared_) compare();
    return repeated_;
  }
  // Why some could not be compared, after repeated().
  const std::optional<std::string>& failure() const { return failure_; }

 private:
  // By the highest bits of their hash. A group fits into the caches near a core, and so does the
  // table in which it is compared.
  static constexpr size_t kGroupBits = 3;
  static constexpr size_t kGroups = size_t{1} << kGroupBits;
  static constexpr size_t kGroupSize = size_t{1} << 14;

  std::span<Uint128> group(size_t number) {
    return {hashes_.get() + number * kGroupSize, counts_[number]};
  }
  void allocate();
  void reset();
  void move_to_index(size_t number);
  void compare();
  void compare_group(std::span<Uint128> hashes);
  bool are_surely_distinct(std::span<const Uint128> hashes);
  Result<void> compare_index();

  const MarkStorage& storage_;
  bool touched_ = false;
  bool compared_ = false;
  std::array<uint32_t, kGroups> counts_{};
  std::unique_ptr<Uint128[]> hashes_;
  std::optional<Mark> repeated_;
  std::optional<std::string> failure_;
  Slabs slabs_;
  MarkIndex::Workspace workspace_;
  std::unique_ptr<MarkIndex> index_;  // once a group was full
};

}  // namespace rdbproof
