// Sums over the keys of a data set by bits of the key's hash: they tell where two data sets differ,
// without the data. Whether they differ is for the evidence fingerprint to say.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/fingerprint/fast_fingerprint.h"

namespace rdbproof {

inline constexpr uint64_t kDefaultBuckets = uint64_t{1} << 16;
inline constexpr uint64_t kMostBuckets = uint64_t{1} << 24;

struct BucketDifference {
  uint64_t buckets = 0;  // that differ
  uint64_t a_keys = 0;   // exact
  uint64_t b_keys = 0;
  uint64_t estimate = 0;  // of how many keys differ
  bool is_least = false;  // all buckets differ: they may be any number above the estimate
};

class Buckets {
 public:
  // `count`: a power of two, up to kMostBuckets.
  explicit Buckets(uint64_t count) : entries_(count) {}

  static bool is_valid_count(uint64_t count) {
    return count != 0 && count <= kMostBuckets && (count & (count - 1)) == 0;
  }

  void add(const KeyFingerprint& key, uint64_t database);
  // Adds another data set's, of the same number of buckets.
  void merge(const Buckets& other);

  // Where a key of this hash and database is counted.
  uint64_t number_of(Uint128 name_hash, uint64_t database) const;
  // The same by the high half of a hash that has the bits of its database already.
  uint64_t number_of_flipped(uint64_t name_high) const;

  std::vector<FastSums>& entries() { return entries_; }
  const std::vector<FastSums>& entries() const { return entries_; }

 private:
  std::vector<FastSums> entries_;
};

// Of tables of the same number of buckets.
bool bucket_differs(const FastSums& a, const FastSums& b, bool ignore_expiry);
BucketDifference compare(const Buckets& a, const Buckets& b, bool ignore_expiry);

}  // namespace rdbproof
