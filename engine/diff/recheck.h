// Tells what differs from what merely moves, where a side is a live server.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/scratch.h"
#include "engine/diff/difference_store.h"
#include "engine/diff/join.h"
#include "engine/diff/side.h"

namespace rdbproof {

struct RecheckOptions {
  unsigned rounds = 3;                       // of looking again
  std::chrono::milliseconds first_pause{0};  // before the first; it doubles
  uint64_t memory_bytes = uint64_t{16} << 20;
  OpenScratch open_scratch;
};

// Keys that differ are looked up again on the live sides, in rounds. One that differs in the same
// way as the time before does differ; one that no longer does is the same; one that is different
// each time is unstable. A key that only one side has, and that has expired by now, is expired.
class Recheck {
 public:
  Recheck(Side& a, Side& b, const KeySlots& slots, const CompareOptions& compare,
          const RecheckOptions& options)
      : a_(a), b_(b), slots_(slots), compare_(compare), options_(options) {}

  // Takes all of `found`, whose keys are in `counts`; moves them there to what they turn out to be,
  // and gives those that differ to `settled`.
  Result<void> run(DifferenceStore& found, DifferenceStore& settled, CountsBySlot& counts);

 private:
  Result<void> look_again(std::vector<Difference> some, bool is_last, DifferenceStore& pending,
                          DifferenceStore& settled, CountsBySlot& counts);
  Result<void> look_up(Side& side, std::vector<Difference>& differences,
                       const std::vector<std::string>& names, KeyRecord Difference::*record,
                       std::vector<bool>& is_there, std::vector<bool>& is_known);
  DifferenceKind judge(const Difference& now, bool in_a, bool in_b) const;
  bool has_expired(const KeyRecord& record) const;

  Side& a_;
  Side& b_;
  const KeySlots& slots_;
  CompareOptions compare_;
  RecheckOptions options_;
};

}  // namespace rdbproof
