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
    if (!is_empty()) reset();
  }
  void add(Uint128 member_hash) {
    room(1)[0] = member_hash;
    add_room(1);
  }
  // The same for many, without a copy: room for `count` (<= kMostAtOnce) hashes, and when they
  // are there add_room(). Between the two nothing else is added.
  std::span<Uint128> room(size_t count) {
    if (count_ + count > kGroupSize) [[unlikely]]
      move_to_groups();
    return {first_.get() + count_, count};
  }
  void add_room(size_t count) {
    count_ += count;
    if (is_grouped_) [[unlikely]]
      move_to_groups();
  }

  static constexpr size_t kMostAtOnce = 256;

  // All of them, of at most kFew.
  std::span<const Uint128> few() const { return {first_.get(), count_}; }
  static constexpr size_t kFew = size_t{1} << 14;
  // Says what somebody else found out about the members of a value, whose hashes are not here.
  void set_compared(std::optional<Mark> repeated, std::optional<std::string> failure) {
    compared_ = true;
    has_verdict_ = true;
    repeated_ = repeated;
    failure_ = std::move(failure);
  }

  // After the last add(). The mark of a member that occurs twice, if there is one; which one
  // depends on the members alone.
  const std::optional<Mark>& repeated() {
    if (!compared_ && !is_empty()) compare();
    return repeated_;
  }
  // Why some could not be compared, after repeated().
  const std::optional<std::string>& failure() const { return failure_; }

 private:
  // What does not fit into one group is spread over all by the highest bits of the hash. A group
  // fits into the caches near a core, and so does the table in which it is compared.
  static constexpr size_t kGroupBits = 3;
  static constexpr size_t kGroups = size_t{1} << kGroupBits;
  static constexpr size_t kGroupSize = kFew;

  std::span<Uint128> group(size_t number) {
    return {groups_.get() + number * kGroupSize, counts_[number]};
  }
  bool is_empty() const { return count_ == 0 && !is_grouped_ && !has_verdict_; }
  void reset();
  void move_to_groups();
  void move_to_index(size_t number);
  void compare();
  void compare_group(std::span<Uint128> hashes);
  bool are_surely_distinct(std::span<const Uint128> hashes);
  Result<void> compare_index();

  const MarkStorage& storage_;
  bool compared_ = false;
  bool has_verdict_ = false;  // of set_compared()
  size_t count_ = 0;          // in first_, which has all until it is full
  std::unique_ptr<Uint128[]> first_ = std::make_unique_for_overwrite<Uint128[]>(kGroupSize);
  bool is_grouped_ = false;
  std::array<uint32_t, kGroups> counts_{};
  std::unique_ptr<Uint128[]> groups_;
  std::optional<Mark> repeated_;
  std::optional<std::string> failure_;
  Slabs slabs_;
  MarkIndex::Workspace workspace_;
  std::unique_ptr<MarkIndex> index_;  // once a group was full
};

}  // namespace rdbproof
