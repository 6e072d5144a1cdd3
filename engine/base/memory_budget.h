// Memory that several threads share.
#pragma once

#include <atomic>
#include <cstdint>

namespace rdbproof {

// Only counts. Thread-safe.
class MemoryBudget {
 public:
  explicit MemoryBudget(uint64_t bytes) : left_(bytes) {}

  // False, and nothing taken, where there is not so much left.
  bool take(uint64_t bytes) {
    uint64_t left = left_.load();
    while (left >= bytes) {
      if (left_.compare_exchange_weak(left, left - bytes)) return true;
    }
    return false;
  }
  void give_back(uint64_t bytes) { left_ += bytes; }

 private:
  std::atomic<uint64_t> left_;
};

}  // namespace rdbproof
