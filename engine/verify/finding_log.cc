#include "engine/verify/finding_log.h"

#include <algorithm>
#include <utility>

namespace rdbproof {

void FindingLog::count_more(Code code, uint64_t count) {
  total_ += count;
  by_severity_[static_cast<size_t>(kind_of(code).severity)] += count;
  by_code_[static_cast<size_t>(code)] += count;
}

bool FindingLog::keep(Finding finding) {
  if (findings_.size() >= limit_) return false;
  if (finding.code == Code::kNotCanonical && std::exchange(kept_not_canonical_, true)) return false;
  // A copy, because the capacity of a shortened string stays.
  if (finding.key.size() > kLongestName) finding.key = std::string(finding.key, 0, kLongestName);
  findings_.push_back(std::move(finding));
  return true;
}

bool FindingLog::add(Finding finding) {
  ++total_;
  lost_bytes_ += finding.lost_bytes;
  ++by_severity_[static_cast<size_t>(kind_of(finding.code).severity)];
  const auto code = static_cast<size_t>(finding.code);
  uint64_t& first = first_offset_[code];
  first = by_code_[code]++ == 0 ? finding.offset : std::min(first, finding.offset);
  return keep(std::move(finding));
}

void FindingLog::absorb(FindingLog&& next, uint64_t database) {
  total_ += next.total_;
  lost_bytes_ += next.lost_bytes_;
  for (size_t i = 0; i < by_severity_.size(); ++i) by_severity_[i] += next.by_severity_[i];
  for (size_t i = 0; i < by_code_.size(); ++i) {
    if (next.by_code_[i] == 0) continue;
    const uint64_t other = next.first_offset_[i];
    first_offset_[i] = by_code_[i] == 0 ? other : std::min(first_offset_[i], other);
    by_code_[i] += next.by_code_[i];
  }
  for (Finding& finding : next.findings_) {
    if (finding.database == kNoDatabase) finding.database = database;
    keep(std::move(finding));
  }
}

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::kOk:
      return "ok";
    case Verdict::kReservations:
      return "reservations";
    case Verdict::kUnsupported:
      return "unsupported";
    case Verdict::kRefused:
      return "refused";
    case Verdict::kDamaged:
      return "damaged";
  }
  return "unknown";
}

Verdict verdict_of(const FindingLog& log) {
  if (log.count(Severity::kDamaged) != 0) return Verdict::kDamaged;
  if (log.count(Severity::kRefused) != 0) return Verdict::kRefused;
  if (log.count(Severity::kUnsupported) != 0) return Verdict::kUnsupported;
  if (log.count(Severity::kReservation) != 0) return Verdict::kReservations;
  return Verdict::kOk;
}

}  // namespace rdbproof
