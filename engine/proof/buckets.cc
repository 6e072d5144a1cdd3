#include "engine/proof/buckets.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/fingerprint/hash_input.h"
#include "engine/hash/key_hash.h"

namespace rdbproof {
namespace {

// Keys thrown into m buckets at random leave m exp(-n/m) untouched.
uint64_t estimate_keys(uint64_t differing, uint64_t buckets) {
  const auto m = static_cast<double>(buckets);
  // With none untouched the formula has no answer: as if half of one were.
  const double untouched = std::max(m - static_cast<double>(differing), 0.5);
  return static_cast<uint64_t>(std::llround(-m * std::log(untouched / m)));
}

}  // namespace

void Buckets::add(const KeyFingerprint& key, uint64_t database) {
  FastSums& entry = entries_[number_of(key.name_hash, database)];
  ++entry.keys;
  entry.content += HashInput().add(key.content).add(database).hash();
  entry.content_and_expiry += HashInput().add(key.content_and_expiry).add(database).hash();
}

void Buckets::merge(const Buckets& other) {
  for (size_t i = 0; i < entries_.size(); ++i) entries_[i].merge(other.entries_[i]);
}

uint64_t Buckets::number_of(Uint128 name_hash, uint64_t database) const {
  return number_of_flipped(static_cast<uint64_t>((name_hash ^ database_bits(database)) >> 64));
}

uint64_t Buckets::number_of_flipped(uint64_t name_high) const {
  const int bits = std::countr_zero(entries_.size());
  return bits == 0 ? 0 : name_high >> (64 - bits);
}

bool bucket_differs(const FastSums& a, const FastSums& b, bool ignore_expiry) {
  return a.keys != b.keys || a.content != b.content ||
         (!ignore_expiry && a.content_and_expiry != b.content_and_expiry);
}

BucketDifference compare(const Buckets& a, const Buckets& b, bool ignore_expiry) {
  BucketDifference result;
  uint64_t surplus = 0;  // keys that have no counterpart in their bucket
  const size_t count = a.entries().size();
  for (size_t i = 0; i < count; ++i) {
    const FastSums& x = a.entries()[i];
    const FastSums& y = b.entries()[i];
    result.a_keys += x.keys;
    result.b_keys += y.keys;
    if (!bucket_differs(x, y, ignore_expiry)) continue;
    ++result.buckets;
    surplus += std::max({x.keys, y.keys}) - std::min({x.keys, y.keys});
  }
  result.is_least = result.buckets == count;
  result.estimate = std::max({estimate_keys(result.buckets, count), result.buckets, surplus});
  return result;
}

}  // namespace rdbproof
