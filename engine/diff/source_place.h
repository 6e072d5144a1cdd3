// The place of a key within a side of several sources.
#pragma once

#include <cstddef>
#include <cstdint>

#include "engine/verify/key_records.h"

namespace rdbproof {

// Of KeyRecord::place, the number of the source is above the place in it.
inline constexpr int kSourceShift = 48;
inline constexpr uint64_t kPlaceMask = (uint64_t{1} << kSourceShift) - 1;
inline constexpr size_t kMostSources = size_t{1} << (64 - kSourceShift);

inline size_t source_of(const KeyRecord& record) {
  return static_cast<size_t>(record.place >> kSourceShift);
}

}  // namespace rdbproof
