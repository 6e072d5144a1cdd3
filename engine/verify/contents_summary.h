// What a data set amounts to, as reports show it and as they are added: counts and sums.
#pragma once

#include <map>
#include <optional>

#include "engine/stats/keyspace_summary.h"
#include "engine/verify/verify.h"

namespace rdbproof {

// Sums by database; those without keys are left out.
struct ContentsSummary {
  KeyspaceSummary keyspace;
  std::map<uint64_t, FastSums> fast;
  // Absent if not asked for.
  std::optional<std::map<uint64_t, EvidenceSums>> evidence;
  std::optional<std::map<uint64_t, DigestSums>> digest;

  // Adds another file's. Both must have been asked for the same.
  void merge(const ContentsSummary& other);
  // In the gravest algorithm that is there.
  FingerprintText fingerprint() const;
};

ContentsSummary summarize(const Contents& contents, const VerifyOptions& options);

}  // namespace rdbproof
