// The findings of a run: the first ones in the order of the file, and counts of all.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/base/finding.h"

namespace rdbproof {

class FindingLog {
 public:
  // What is kept of a key's name. The other keys of a file tell the rest, the offset which it is.
  static constexpr size_t kLongestName = 1024;

  // Keeps at most `limit` findings, and one of the forms that are not canonical: who writes one
  // writes many.
  explicit FindingLog(uint64_t limit) : limit_(limit) {}

  // Whether it is kept: then it is the last one of findings().
  bool add(Finding finding);
  // To complete one.
  Finding& kept(size_t index) { return findings_[index]; }
  // Findings that are counted only.
  void count_more(Code code, uint64_t count);
  // Appends what follows in the file. Findings made before the next part knew its database get
  // `database`.
  void absorb(FindingLog&& next, uint64_t database);

  // Whether further ones are counted only: their texts are not needed.
  bool is_full() const { return findings_.size() >= limit_; }

  // Ascending by offset within a code's severity: see sorted().
  const std::vector<Finding>& findings() const { return findings_; }
  uint64_t total() const { return total_; }
  uint64_t count(Severity severity) const { return by_severity_[static_cast<size_t>(severity)]; }
  // Bytes that cannot be read, of all findings.
  uint64_t lost_bytes() const { return lost_bytes_; }
  uint64_t count(Code code) const { return by_code_[static_cast<size_t>(code)]; }
  // The lowest. Only where there is one.
  uint64_t first_offset(Code code) const { return first_offset_[static_cast<size_t>(code)]; }

 private:
  bool keep(Finding finding);

  uint64_t limit_;
  bool kept_not_canonical_ = false;
  uint64_t total_ = 0;
  uint64_t lost_bytes_ = 0;
  std::array<uint64_t, 5> by_severity_{};
  std::array<uint64_t, kFindingKinds.size()> by_code_{};
  std::array<uint64_t, kFindingKinds.size()> first_offset_{};
  std::vector<Finding> findings_;
};

enum class Verdict : uint8_t { kOk, kReservations, kUnsupported, kRefused, kDamaged };

std::string_view verdict_name(Verdict verdict);

// The gravest severity decides.
Verdict verdict_of(const FindingLog& log);

}  // namespace rdbproof
