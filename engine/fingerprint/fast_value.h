// The fast fingerprint of one value: 128 bits against accidents. Defined in docs/fingerprint.md.
#pragma once

#include <array>
#include <optional>
#include <span>

#include "engine/fingerprint/member_set.h"
#include "engine/hash/hash128.h"
#include "engine/model/event.h"

namespace rdbproof {

// What members are compared by: set members, fields, sorted set members, vectors, groups.
inline Mark member_mark(Bytes member) {
  return Mark(hash128(member));
}
Mark consumer_mark(Bytes group, Bytes consumer);

// Eats the elements of one value, in any batches.
class FastValue {
 public:
  // `storage`, for the members of large values, must outlive this.
  explicit FastValue(const MarkStorage& storage = memory_for_marks()) : members_(storage) {}

  void begin();
  void add(std::span<const Element> batch);

  // What the elements since begin() amount to, and the hashes of the members among them, of which
  // there may be MemberSet::kFew at most: for a slice of a value. Not of streams.
  struct Slice {
    Uint128 sum = 0;
    Uint128 sequence = 0;
    Uint128 member_expiry = 0;
    uint64_t elements = 0;
  };
  Slice slice(uint64_t elements) const { return {sum_, sequence_, member_expiry_, elements}; }
  std::span<const Uint128> slice_members() const { return members_.few(); }
  // Appends a slice, but for its members: what was found out about those is told at the end.
  void append(const Slice& slice);
  void set_members(std::optional<Mark> repeated, std::optional<std::string> failure) {
    members_.set_compared(repeated, std::move(failure));
  }

  // After the last element.
  Uint128 value();
  // The mark of a member that came twice, of one of them.
  // After the last element.
  const std::optional<Mark>& repeated_member() { return members_.repeated(); }
  // Why they could not be compared, after repeated_member().
  const std::optional<std::string>& member_failure() const { return members_.failure(); }
  // Sum over members and fields with an expiry of their own; 0 if there are none.
  Uint128 member_expiry() const { return member_expiry_; }

 private:
  // All of one kind.
  void add_items(std::span<const Element> batch);
  void add_members(std::span<const Element> batch);
  void add_fields(std::span<const Element> batch);
  void add_scored(std::span<const Element> batch);
  void add_some(std::span<const Element> batch);
  // `a`, `b`: hashes of the element's strings.
  void add_one(const Element& element, Uint128 a, Uint128 b);
  void add_stream_part(const Element& element, Uint128 a, Uint128 b);
  // The hashes of what is compared in a value, until the next call.
  std::span<const Uint128> member_hashes(std::span<const Element> batch);
  void add_sequence(Uint128 hash);
  Uint128 add_member(Uint128 hash);
  void end_stream_entry();
  void end_stream_group();

  static constexpr size_t kMostAtOnce = MemberSet::kMostAtOnce;  // elements

  // Of the strings of the elements at hand.
  std::array<Uint128, kMostAtOnce> a_hashes_;
  std::array<Uint128, kMostAtOnce> b_hashes_;
  MemberSet members_;
  Uint128 sum_ = 0;       // of what has no order
  Uint128 sequence_ = 0;  // polynomial over what has
  Uint128 member_expiry_ = 0;

  bool in_entry_ = false;
  uint64_t entry_ms_ = 0;
  uint64_t entry_sequence_ = 0;
  uint64_t entry_fields_ = 0;

  bool in_group_ = false;
  Uint128 group_name_ = 0;
  uint64_t group_ms_ = 0;
  uint64_t group_sequence_ = 0;
  Uint128 group_sum_ = 0;
};

}  // namespace rdbproof
