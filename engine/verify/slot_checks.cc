#include "engine/verify/slot_checks.h"

#include "engine/hash/crc16.h"

namespace rdbproof {

void SlotChecks::begin_run() {
  close();
  last_ = {};
  has_runs_ = true;
}

void SlotChecks::select_database(uint64_t database) {
  begin_run();
  last_.database = database;
}

void SlotChecks::begin_slot(const SlotInfo& slot, uint64_t database) {
  begin_run();
  last_.announced = slot;
  last_.database = database;
}

void SlotChecks::add(const Key& key) {
  add(has_runs_ ? last_ : beginning_, key);
}

void SlotChecks::add(Run& run, const Key& key) {
  ++run.keys;
  if (key.has_expiry) ++run.expires;
  const uint64_t slot = key_slot(key.name);
  if (!run.first) {
    run.first = {slot, key.offset, std::string(key.name)};
  } else if (!run.other && slot != run.first->slot) {
    run.other = {slot, key.offset, std::string(key.name)};
  }
}

void SlotChecks::append(Run& run, Run&& next) {
  run.keys += next.keys;
  run.expires += next.expires;
  if (!run.first) {
    run.first = std::move(next.first);
    run.other = std::move(next.other);
  } else if (!run.other && next.first) {
    run.other = next.first->slot != run.first->slot ? std::move(next.first) : std::move(next.other);
  }
}

void SlotChecks::absorb(SlotChecks&& next, uint64_t database) {
  append(has_runs_ ? last_ : beginning_, std::move(next.beginning_));
  if (!next.has_runs_) return;
  close();
  strays_.absorb(std::move(next.strays_), database);
  counts_.absorb(std::move(next.counts_), database);
  last_ = std::move(next.last_);
  if (last_.database == kNoDatabase) last_.database = database;
  has_runs_ = true;
}

void SlotChecks::close() {
  if (!has_runs_) return;
  if (last_.first) check_stray();
  if (last_.announced) check_numbers(*last_.announced);
}

// Names the first key that is not where it should be, if any.
void SlotChecks::check_stray() {
  const bool first_fits = last_.announced && last_.first->slot == last_.announced->slot;
  const std::optional<Sample>& stray = first_fits ? last_.other : last_.first;
  if (!stray) return;
  Finding finding{Code::kSlotMismatch, stray->offset, last_.database, true, {}, {}};
  if (!strays_.is_full()) {
    finding.key = stray->name;
    finding.detail = "its name is of slot " + std::to_string(stray->slot) +
                     ", it is listed under " +
                     (last_.announced ? "slot " + std::to_string(last_.announced->slot) : "none");
  }
  strays_.add(std::move(finding));
}

void SlotChecks::check_numbers(const SlotInfo& announced) {
  if (last_.keys == announced.keys && last_.expires == announced.expires) return;
  Finding finding{Code::kSlotMismatch, last_.offset, last_.database, false, {}, {}};
  if (!counts_.is_full()) {
    finding.detail =
        "slot " + std::to_string(announced.slot) + ": " + std::to_string(announced.keys) +
        " keys, " + std::to_string(announced.expires) + " with expiry announced; " +
        std::to_string(last_.keys) + " and " + std::to_string(last_.expires) + " are there";
  }
  counts_.add(std::move(finding));
}

}  // namespace rdbproof
