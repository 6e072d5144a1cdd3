// The time of day, for what expires.
#pragma once

#include <chrono>
#include <cstdint>

namespace rdbproof {

// Unix time in milliseconds.
inline int64_t wall_clock_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace rdbproof
