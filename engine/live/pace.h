// How fast we may ask: limits of keys and bytes a second, and what the server's own latency says.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "engine/base/result.h"

namespace rdbproof {

// Knows no clock: who uses it says what time it is.
class Pace {
 public:
  using Time = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::steady_clock::duration;
  using Milliseconds = std::chrono::milliseconds;

  // Zero is no limit.
  Pace(uint64_t keys_per_second, uint64_t bytes_per_second, Milliseconds max_latency)
      : keys_per_second_(keys_per_second),
        bytes_per_second_(bytes_per_second),
        max_latency_(max_latency) {}

  // That many were asked for, and that many bytes came, at `now`. How long to wait before the next.
  Duration pause_after(uint64_t keys, uint64_t bytes, Time now);

  bool wants_probes() const { return max_latency_.count() != 0; }
  // What a probe found. Above the limit the pauses double; an error once that did not help.
  Result<void> note_latency(Milliseconds latency);
  uint64_t slowdowns() const { return slowdowns_; }

 private:
  static constexpr unsigned kMostSlowProbes = 5;  // in a row
  static constexpr Milliseconds kFirstBrake{10};
  static constexpr Milliseconds kLongestBrake{5000};

  uint64_t keys_per_second_;
  uint64_t bytes_per_second_;
  Milliseconds max_latency_;
  std::optional<Time> next_;  // when what was taken so far is paid for
  Milliseconds brake_{0};
  unsigned slow_probes_ = 0;
  uint64_t slowdowns_ = 0;
};

}  // namespace rdbproof
