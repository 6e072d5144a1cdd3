// Whether keys are in the cluster slots that the file lists them under.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/model/event.h"
#include "engine/verify/finding_log.h"

namespace rdbproof {

// The keys of a slot may go on over any number of parts. A part does not know the slot of its first
// keys: it keeps of them what settles the question for any slot.
class SlotChecks {
 public:
  explicit SlotChecks(uint64_t max_findings) : strays_(max_findings), counts_(max_findings) {}

  // Keys that follow are in no slot yet.
  void select_database(uint64_t database);
  void begin_slot(const SlotInfo& slot, uint64_t database);
  // Where the record stands that the last begin_slot() was about.
  void place(uint64_t offset) { last_.offset = offset; }
  void add(const Key& key);

  // Appends what follows in the file. `database` is the one that this part ends in.
  void absorb(SlotChecks&& next, uint64_t database);

  // At the end of the file.
  void finish() { close(); }
  // Keys in another slot than that of their name.
  FindingLog take_strays() { return std::move(strays_); }
  // Slots with another number of keys than announced.
  FindingLog take_counts() { return std::move(counts_); }

 private:
  struct Sample {
    uint64_t slot;
    uint64_t offset;
    std::string name;
  };
  // Keys that stand together, behind what begins them.
  struct Run {
    std::optional<SlotInfo> announced;
    uint64_t offset = 0;
    uint64_t database = kNoDatabase;
    uint64_t keys = 0;
    uint64_t expires = 0;
    std::optional<Sample> first;  // key
    std::optional<Sample> other;  // the first that is not in the slot of the first
  };

  static void add(Run& run, const Key& key);
  static void append(Run& run, Run&& next);
  void begin_run();
  void close();
  void check_stray();
  void check_numbers(const SlotInfo& announced);

  Run beginning_;  // before anything that begins a run
  Run last_;
  bool has_runs_ = false;
  FindingLog strays_;
  FindingLog counts_;
};

}  // namespace rdbproof
