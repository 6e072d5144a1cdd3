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
enum class DifferenceKind : uint8_t { kSame, kOnlyA, kOnlyB, kType, kValue, kExpiry, kCount };

// As the JSON contract names them.
inline constexpr auto kDifferenceKindNames =
    std::to_array<std::string_view>({"same", "only_a", "only_b", "type", "value", "expiry"});
static_assert(kDifferenceKindNames.size() == static_cast<size_t>(DifferenceKind::kCount));

constexpr std::string_view name_of(DifferenceKind kind) {
  return kDifferenceKindNames[static_cast<size_t>(kind)];
}

// One key that differs. Of the side that lacks it, the record is empty.
struct Difference {
  DifferenceKind kind = DifferenceKind::kSame;
  KeyRecord a{};
  KeyRecord b{};

  bool is_in_a() const { return kind != DifferenceKind::kOnlyB; }
  bool is_in_b() const { return kind != DifferenceKind::kOnlyA; }
  const KeyRecord& any() const { return is_in_a() ? a : b; }
  // In the order of A, then those that are only in B in the order of B.
  bool operator<(const Difference& other) const { return order() < other.order(); }

 private:
  std::tuple<bool, uint64_t, uint64_t, uint64_t, uint64_t> order() const {
    return {!is_in_a(), any().place, any().name_high, any().name_low, b.place};
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
    return (*this)[kSame] + (*this)[kType] + (*this)[kValue] + (*this)[kExpiry];
  }
  uint64_t in_a() const { return in_both() + (*this)[DifferenceKind::kOnlyA]; }
  uint64_t in_b() const { return in_both() + (*this)[DifferenceKind::kOnlyB]; }
  uint64_t differing() const {
    uint64_t all = 0;
    for (const uint64_t count : keys) all += count;
    return all - (*this)[DifferenceKind::kSame];
  }
};

// By database and type: those of A, where the key is there.
using CountsBySlot = std::map<std::pair<uint16_t, uint16_t>, DifferenceCounts>;

}  // namespace rdbproof
