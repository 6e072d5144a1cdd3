// Reads what `verify --json` printed, so that reports of parts can be added to one of the whole.
#pragma once

#include <string>
#include <vector>

#include "engine/report/contents_json.h"
#include "engine/report/verify_report.h"

namespace rdbproof {

inline constexpr uint64_t kMostReportBytes = uint64_t{256} << 20;

struct SavedSource {
  Json object;  // as it stood, without `performance`
  std::string name;
  bool failed = false;  // it could not be read: it has no contents
  Verdict verdict = Verdict::kOk;
  bool is_whole = false;  // all that it holds was read
  ContentsSummary contents;
};

struct SavedReport {
  bool evidence = false;
  bool redis_digest = false;
  std::vector<SavedSource> sources;
};

// Hostile text is an error that names the place.
Result<SavedReport> read_report(const std::string& text);

// The reports as one run over all their sources would have given it. What not all have is left out,
// and told in `notes`.
struct MergedReport {
  SavedReport report;
  ContentsSummary total;
  Verdict verdict = Verdict::kOk;
  std::vector<std::string> notes;
};
MergedReport add_reports(std::vector<SavedReport> parts);
// The same source twice is an error.
Result<MergedReport> merge_reports(std::vector<SavedReport> parts);

std::string render_json(const MergedReport& merged);
std::string render_text(const MergedReport& merged, const TextStyle& style);

}  // namespace rdbproof
