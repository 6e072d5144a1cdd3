// A line on a terminal that says how far a run is: share, rate and time left.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

namespace rdbproof {

// Writes to `terminal` at most ten times a second, and only once a run has lasted half a second.
// Not thread-safe.
class ProgressBar {
 public:
  ProgressBar(std::FILE* terminal, std::string name, std::optional<uint64_t> total_bytes);
  ~ProgressBar();  // removes the line
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  void update(uint64_t done_bytes);

 private:
  using Clock = std::chrono::steady_clock;

  std::FILE* terminal_;
  std::string name_;
  std::optional<uint64_t> total_bytes_;
  Clock::time_point begin_ = Clock::now();
  Clock::time_point next_;
  bool shown_ = false;
};

}  // namespace rdbproof
