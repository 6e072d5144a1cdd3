// Compares two data sets key by key: which are only in one, and which differ in type, value or
// expiry.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/diff/difference.h"
#include "engine/diff/join.h"
#include "engine/diff/key_filter.h"
#include "engine/diff/side.h"
#include "engine/diff/value_pairs.h"
#include "engine/verify/verify.h"

namespace rdbproof {

// A difference with what its records stand for.
struct NamedDifference {
  DifferenceKind kind = DifferenceKind::kSame;
  uint64_t database = 0;
  std::string name;
  std::string type;    // in A, where it is there
  std::string type_b;  // where that is another one
  // Absent: none there, or not in that side at all.
  std::optional<int64_t> expire_at_ms_a;
  std::optional<int64_t> expire_at_ms_b;
  std::shared_ptr<const InsideDifference> inside;  // how the values differ; null: see below
  std::string not_inside;                          // why that is not known, if it was asked for

  void forget_inside() {
    inside.reset();
    not_inside = "there was no memory left for it: --output writes it, or raise --max-memory";
  }
};

struct DiffOptions {
  VerifyOptions verify;  // for both sides; its limits are for all
  CompareOptions compare;
  const KeyFilter* filter = nullptr;
  uint64_t shown = 20;  // how many differences a report has
  unsigned rounds = 3;  // of looking again at what differs from a live server
  std::chrono::milliseconds first_pause{500};  // before the first of them; it doubles
  bool functions = true;                       // whether function libraries are compared, too
  bool deep = false;                           // whether to look how values differ
  // If set, takes every difference, in order. An error stops the run.
  std::function<Result<void>(const NamedDifference&)> write;
  Side::ReadSource read_source = verify_source;
};

enum class DiffVerdict : uint8_t { kSame, kDifferent, kInconclusive };

std::string_view verdict_name(DiffVerdict verdict);

struct DiffReport {
  std::vector<SourceReport> a;
  std::vector<SourceReport> b;
  DifferenceCounts counts;
  std::map<uint64_t, std::map<std::string, DifferenceCounts>> by_database_and_type;
  std::vector<NamedDifference> differences;  // the first ones
  // Function libraries: by name, what is found of each that is not the same. Unset where a server
  // did not let us read them.
  std::optional<std::map<std::string, DifferenceKind>> functions;
  DiffVerdict verdict = DiffVerdict::kInconclusive;
  std::string reason;  // why no more can be said; may be empty
  double seconds = 0;
};

// Each side is one or several sources. An error if one of them cannot be read at all.
Result<DiffReport> diff_sources(const std::vector<std::string>& a,
                                const std::vector<std::string>& b, const DiffOptions& options);

}  // namespace rdbproof
