// Finds which keys differ between two sides, from their records alone.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "engine/base/result.h"
#include "engine/diff/difference.h"
#include "engine/diff/record_store.h"

namespace rdbproof {

struct CompareOptions {
  bool ignore_expiry = false;
  uint64_t expiry_tolerance_ms = 0;  // of keys; and of members, see `uncertain`
  // A key that a live side gave more than once is the one that it gave last.
  bool is_a_live = false;
  bool is_b_live = false;
};

// Of records of the same key.
DifferenceKind compare_records(const KeyRecord& a, const KeyRecord& b,
                               const CompareOptions& options);
// Whether the keys themselves expire at the same time, as far as the options say.
bool do_keys_expire_alike(const KeyRecord& a, const KeyRecord& b, const CompareOptions& options);
// Whether only expiries of members differ, perhaps within the tolerance.
bool may_be_tolerable(const Difference& difference, const CompareOptions& options);

// Keys that a side holds more often than once, beyond the first time. They are compared in the
// order of their places.
struct RepeatedKeys {
  std::map<size_t, uint64_t> within;  // one source, by its number
  uint64_t across = 0;                // sources

  void merge(const RepeatedKeys& other) {
    for (const auto& [source, count] : other.within) within[source] += count;
    across += other.across;
  }
};

struct JoinResult {
  CountsBySlot counts;
  RepeatedKeys repeated_a;
  RepeatedKeys repeated_b;
};

class Join {
 public:
  // A bucket of either side beyond `most_records` is compared in several passes, so that memory
  // does not depend on who chose the names.
  Join(const RecordStore& a, const RecordStore& b, const CompareOptions& options,
       uint64_t most_records)
      : a_(a), b_(b), options_(options), most_records_(most_records) {}

  // With the threads of the caller's task arena. The functions are called on any of them, also two
  // at a time, with some of
  //   differing: the keys that differ
  //   uncertain: keys whose members' expiries differ, perhaps within the tolerance. They are not
  //              counted.
  struct Sinks {
    std::function<Result<void>(std::vector<Difference>&&)> differing;
    std::function<Result<void>(std::vector<Difference>&&)> uncertain;
  };
  Result<JoinResult> run(const Sinks& sinks) const;

 private:
  struct Worker;
  Result<void> join_bucket(size_t bucket, Worker& worker) const;
  Result<void> load(const RecordStore& store, size_t bucket, uint64_t pass, uint64_t passes,
                    Worker& worker, std::vector<KeyRecord>& records) const;

  const RecordStore& a_;
  const RecordStore& b_;
  CompareOptions options_;
  uint64_t most_records_;
};

}  // namespace rdbproof
