// Tells cheaply that numbers are all different.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace rdbproof {

// A table of 32 bits a number, without probing: who finds his slot taken waits for the next,
// smaller table. No branch depends on the numbers.
class DistinctFilter {
 public:
  // Of memory for `count` numbers, at most.
  static constexpr uint64_t bytes_for(uint64_t count) {
    return count * (kSlotsPerNumber * sizeof(uint32_t) + sizeof(uint64_t));
  }

  // For at most `count` numbers.
  void begin(size_t count);
  // Adds `number_of` each item. Not inlined, so that all it changes stays in registers.
  template <class Items, class NumberOf>
  [[gnu::noinline]] void add(const Items& items, const NumberOf& number_of) {
    Adder adder(*this);
    for (const auto& item : items) {
      const uint64_t number = number_of(item);
      adder.add(number, number);
    }
    adder.end();
  }
  // Whether no two of the numbers since begin() are equal. When false, that is not certain; random
  // numbers without equal ones give true but for one time in a million.
  bool surely_distinct();

 private:
  static constexpr uint64_t kSlotsPerNumber = 2;

  // Keeps in registers what add() changes.
  class Adder {
   public:
    explicit Adder(DistinctFilter& filter)
        : filter_(filter),
          slots_(filter.slots_.data()),
          slot_count_(filter.slots_.size()),
          waiting_(filter.waiting_.get() + filter.waiting_count_) {}
    // The high half of `place` tells the slot.
    void add(uint64_t number, uint64_t place) {
      uint32_t& slot = slots_[((place >> 32) * slot_count_) >> 32];
      const uint32_t tag = static_cast<uint32_t>(number) | 1;  // 0 is a free slot
      const uint32_t found = slot;
      any_equal_ |= found == tag;
      const uint32_t is_taken = found != 0 ? 1 : 0;
      slot = found | (tag & (is_taken - 1));
      *waiting_ = number;
      waiting_ += is_taken;
    }
    void end() {
      filter_.waiting_count_ = static_cast<size_t>(waiting_ - filter_.waiting_.get());
      filter_.any_equal_ |= any_equal_;
    }

   private:
    DistinctFilter& filter_;
    uint32_t* slots_;
    uint64_t slot_count_;
    uint64_t* waiting_;
    bool any_equal_ = false;
  };

  void begin_table(size_t count);
  bool are_waiting_distinct();

  bool any_equal_ = false;
  std::vector<uint32_t> slots_;
  size_t waiting_count_ = 0;
  size_t waiting_capacity_ = 0;
  std::unique_ptr<uint64_t[]> waiting_;
};

}  // namespace rdbproof
