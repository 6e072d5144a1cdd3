// All that a decoder says, in a form that is cheap to compare.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/model/event.h"

namespace rdbproof::fuzz {

// Sums up events over every byte of every view in them. How elements are batched makes no
// difference, nor does the database of a finding, which a decoder that begins later does not know.
class EventSum final : public EventSink {
 public:
  // Without offsets: those of records in a compressed block are all the block's.
  explicit EventSum(bool with_offsets = true) : with_offsets_(with_offsets) {}

  void select_database(uint64_t database) override;
  void begin_key(const Key& key) override;
  void elements(const Key& key, std::span<const Element> batch) override;
  void end_key(const Key& key, const ValueSummary& value) override;
  void drop_key(const Key& key) override;
  void aux(Bytes name, Bytes value) override;
  void function(Bytes source) override;
  void resize_hint(uint64_t keys, uint64_t expires) override;
  void finding(Finding finding) override;

  // Two runs that said the same have the same sum. What follows is summed up anew.
  uint64_t take_sum() { return std::exchange(sum_, 0); }

  struct SeenKey {
    std::string name;
    uint64_t offset = 0;
    bool kept = false;  // false: dropped
  };
  std::vector<SeenKey> keys;
  std::vector<Finding> findings;

 private:
  void add(Bytes text);
  void add(uint64_t number) { add(Bytes(reinterpret_cast<const char*>(&number), sizeof number)); }
  void add_offset(uint64_t offset) { add(with_offsets_ ? offset : 0); }
  void finish_key(const Key& key, bool kept);

  bool with_offsets_;
  bool in_key_ = false;
  uint64_t sum_ = 0;
};

}  // namespace rdbproof::fuzz
