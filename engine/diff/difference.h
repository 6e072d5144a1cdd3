// What differs between two sides, key by key.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "engine/verify/key_records.h"

namespace rdbproof {

// What a key is found to be. A key counts once: the first of these that is true.
enum class DifferenceKind : uint8_t {
  kSame,
  kOnlyA,
  kOnlyB,
  kType,
  kValue,
  kExpiry,
  // Where a side is a live server:
  kExpired,   // only in A, and past its expiry by now
  kExpiredB,  // only in B, likewise
  kUnstable,  // another one each time that it was looked at
  kCount,
  // Not a kind of its own: a key that a saved proof has other sums around.
  kSuspect = kCount
};

// As the JSON contract names them.
inline constexpr auto kDifferenceKindNames =
    std::to_array<std::string_view>({"same", "only_a", "only_b", "type", "value", "expiry",
                                     "expired", "expired_b", "unstable", "in_differing_bucket"});
static_assert(kDifferenceKindNames.size() == static_cast<size_t>(DifferenceKind::kCount) + 1);

constexpr std::string_view name_of(DifferenceKind kind) {
  return kDifferenceKindNames[static_cast<size_t>(kind)];
}

// One key that differs. Of the side that lacks it, the record is empty.
struct Difference {
  DifferenceKind kind = DifferenceKind::kSame;
  bool was_in_a = true;  // when it was read first: there it has its place, else in B
  KeyRecord a{};
  KeyRecord b{};

  // That with a place.
  const KeyRecord& first() const { return was_in_a ? a : b; }
  // In the order of A, then those that were only in B in the order of B.
  bool operator<(const Difference& other) const { return order() < other.order(); }

 private:
  std::tuple<bool, uint64_t, uint64_t, uint64_t, uint64_t> order() const {
    return {!was_in_a, first().place, first().name_high, first().name_low, b.place};
  }
};

// Keys by what they are found to be.
struct DifferenceCounts {
  std::array<uint64_t, static_cast<size_t>(DifferenceKind::kCount)> keys{};

  uint64_t& operator[](DifferenceKind kind) { return keys[static_cast<size_t>(kind)]; }
  uint64_t operator[](DifferenceKind kind) const { return keys[static_cast<size_t>(kind)]; }
  void merge(const DifferenceCounts& other) {
    for (size_t i = 0; i < keys.size(); ++i) keys[i] += other.keys[i];
  }
  uint64_t in_both() const {
    using enum DifferenceKind;
    return (*this)[kSame] + (*this)[kType] + (*this)[kValue] + (*this)[kExpiry] +
           (*this)[kUnstable];
  }
  uint64_t in_a() const {
    return in_both() + (*this)[DifferenceKind::kOnlyA] + (*this)[DifferenceKind::kExpired];
  }
  uint64_t in_b() const {
    return in_both() + (*this)[DifferenceKind::kOnlyB] + (*this)[DifferenceKind::kExpiredB];
  }
  // What is listed.
  uint64_t listed() const { return differing() + (*this)[DifferenceKind::kUnstable]; }
  // What is neither explained by time nor still moving.
  uint64_t differing() const {
    using enum DifferenceKind;
    return (*this)[kOnlyA] + (*this)[kOnlyB] + (*this)[kType] + (*this)[kValue] + (*this)[kExpiry];
  }
};

// By database and type: those of A, where the key is there.
using CountsBySlot = std::map<std::pair<uint16_t, uint16_t>, DifferenceCounts>;

}  // namespace rdbproof
