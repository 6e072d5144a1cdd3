// The fast fingerprint of one value: 128 bits against accidents. Defined in docs/fingerprint.md.
#pragma once

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
  void add_one(const Element& element);
  void add_stream_part(const Element& element);
  void add_sequence(Uint128 hash);
  Uint128 member_hash(Bytes member);
  void end_stream_entry();
  void end_stream_group();

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
