#include "engine/hash/mark_table.h"

#include <algorithm>
#include <random>

namespace rdbproof {
namespace {

constexpr uint64_t kFewSlots = 64;

uint64_t secret() {
  static const uint64_t value = [] {
    std::random_device device;
    return uint64_t{device()} << 32 | device();
  }();
  return value;
}

uint64_t secret_factor(uint64_t salt) {
  return static_cast<uint64_t>(hash128({reinterpret_cast<const char*>(&salt), sizeof salt}) *
                               (secret() | 1)) |
         1;
}

uint64_t slots_for(uint64_t count, uint64_t max_bytes) {
  return std::max(std::min(count + count / 2, max_bytes / sizeof(Mark)), kFewSlots);
}

}  // namespace

MarkSpread::MarkSpread(uint64_t salt)
    : low_factor_(secret_factor(2 * salt)), high_factor_(secret_factor(2 * salt + 1)) {}

MarkTable::MarkTable(uint64_t count, uint64_t max_bytes, uint64_t salt)
    : spread_(salt), slots_(slots_for(count, max_bytes)) {
  room_ = slots_.size() / 4 * 3;
}

MarkTable::Answer MarkTable::add(Mark mark) {
  if (mark == Mark()) mark = Mark(1);
  auto slot = static_cast<size_t>((Uint128{spread_(mark)} * slots_.size()) >> 64);
  while (slots_[slot] != Mark()) {
    if (slots_[slot] == mark) return Answer::kMet;
    if (++slot == slots_.size()) slot = 0;
  }
  if (room_ == 0) return Answer::kFull;
  --room_;
  slots_[slot] = mark;
  return Answer::kNew;
}

}  // namespace rdbproof
