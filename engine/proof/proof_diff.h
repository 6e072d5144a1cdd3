// Compares a saved proof with another, or with a data set.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/diff/diff.h"
#include "engine/proof/buckets.h"
#include "engine/stats/keyspace_summary.h"
#include "engine/verify/verify.h"

namespace rdbproof {

struct ProofDiffOptions {
  VerifyOptions verify;  // of a side that is a data set
  bool ignore_expiry = false;
  bool functions = true;  // whether function libraries are compared
  uint64_t shown = 20;    // keys in differing buckets that a report has
  // If set, takes all of them, in their order. An error stops the run.
  std::function<Result<void>(const NamedDifference&)> write;
  Side::ReadSource read_source = verify_source;
};

struct ProofDiffReport {
  KeyspaceSummary a;
  KeyspaceSummary b;
  uint64_t bucket_count = 0;
  BucketDifference buckets;
  // Keys of the side that is a data set which are in differing buckets: those that differ are among
  // them, if they are there at all.
  std::vector<NamedDifference> suspects;
  uint64_t suspects_total = 0;
  bool has_suspects = false;  // false: both are proofs
  // Function libraries that differ, by name; absent if they were not compared.
  std::optional<std::map<std::string, DifferenceKind>> functions;
  DiffVerdict verdict = DiffVerdict::kInconclusive;
  std::string reason;
  double seconds = 0;
};

// At least one side is one proof; the other one is another, or the sources of a data set.
Result<ProofDiffReport> diff_with_proof(const std::vector<std::string>& a,
                                        const std::vector<std::string>& b,
                                        const ProofDiffOptions& options);

// End in a newline.
std::string render_text(const ProofDiffReport& report, bool color);
std::string render_json(const ProofDiffReport& report);

}  // namespace rdbproof
