// Renders what diff found.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/diff/diff.h"
#include "engine/report/verify_report.h"

namespace rdbproof {

struct DiffReportOptions {
  VerifyOptions verify;
  TextStyle style;
  bool show_values = false;
  uint64_t peak_memory_bytes = 0;
};

// Characters of a key's name in text.
inline constexpr size_t kLongestShownKey = 120;

// "SAME", in its colour.
std::string verdict_text(DiffVerdict verdict, const TextStyle& style);

// Ends in a newline.
std::string render_text(const DiffReport& report, const DiffReportOptions& options);
// One object, ends in a newline. Names are a contract: docs/json.md.
std::string render_json(const DiffReport& report, const DiffReportOptions& options);

// Function libraries that differ, a line or an object each.
std::string functions_text(const std::map<std::string, DifferenceKind>& functions);
nlohmann::ordered_json functions_json(const std::map<std::string, DifferenceKind>& functions);

// One of the `differences[]` of docs/json.md.
nlohmann::ordered_json difference_json(const NamedDifference& difference, bool show_values);

}  // namespace rdbproof
