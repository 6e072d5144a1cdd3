#include <fmt/format.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/report/diff_report.h"
#include "engine/report/difference_report.h"
#include "engine/report/report_parts.h"
#include "engine/report/text_parts.h"
#include "engine/report/units.h"

namespace rdbproof {
namespace {

constexpr size_t kMostRows = 20;
constexpr size_t kMostChanges = 10;
constexpr size_t kLongestKey = 120;

std::string verdict_text(DiffVerdict verdict, const TextStyle& style) {
  switch (verdict) {
    case DiffVerdict::kSame:
      return paint("SAME", "1;32", style);
    case DiffVerdict::kDifferent:
      return paint("DIFFERENT", "1;31", style);
    case DiffVerdict::kInconclusive:
      return paint("INCONCLUSIVE", "1;35", style);
  }
  return {};
}

std::string kind_text(const NamedDifference& difference) {
  switch (difference.kind) {
    case DifferenceKind::kOnlyA:
      return "only in a";
    case DifferenceKind::kOnlyB:
      return "only in b";
    default:
      return std::string(name_of(difference.kind));
  }
}

std::string side_text(std::string_view name, const std::vector<SourceReport>& sources,
                      const TextStyle& style) {
  std::string out;
  for (const SourceReport& source : sources) {
    out += fmt::format("  {}  {}", name, render_heading(source, style));
    out += render_findings(source.log, style);
    out += render_lost(source);
  }
  return out;
}

std::vector<std::string> row_of(std::string database, std::string type,
                                const DifferenceCounts& counts) {
  std::vector<std::string> row{std::move(database), std::move(type)};
  for (const uint64_t count : counts.keys) row.push_back(count == 0 ? "-" : format_count(count));
  return row;
}

// Those with differences first.
std::string counts_table(const DiffReport& report) {
  struct Row {
    uint64_t database;
    std::string type;
    const DifferenceCounts* counts;
  };
  std::vector<Row> rows;
  for (const auto& [database, types] : report.by_database_and_type) {
    for (const auto& [type, counts] : types) rows.push_back({database, type, &counts});
  }
  if (rows.size() > kMostRows) {
    std::ranges::stable_partition(rows,
                                  [](const Row& row) { return row.counts->differing() != 0; });
  }
  Table table(2);
  table.add({"database", "type", "same", "only in a", "only in b", "type", "value", "expiry"});
  for (size_t i = 0; i < std::min(rows.size(), kMostRows); ++i) {
    table.add(row_of(std::to_string(rows[i].database), escape_for_terminal(rows[i].type),
                     *rows[i].counts));
  }
  if (rows.size() > 1) table.add(row_of("all", "", report.counts));
  std::string out = table.render("  ");
  if (rows.size() > kMostRows) {
    out += fmt::format("  ... of {} databases and types in all (--json has them)\n", rows.size());
  }
  return out;
}

std::string expiry_text(const std::optional<int64_t>& expire_at_ms) {
  return expire_at_ms ? std::to_string(*expire_at_ms) + " ms" : "never";
}

std::string difference_text(const NamedDifference& difference, const DiffReportOptions& options) {
  std::string type = escape_for_terminal(difference.type);
  if (!difference.type_b.empty()) type += " -> " + escape_for_terminal(difference.type_b);
  std::string out =
      fmt::format("  {:<9}  database {}, {} \"{}\"\n", kind_text(difference), difference.database,
                  type, escape_for_terminal(difference.name, kLongestKey));
  if (difference.kind != DifferenceKind::kOnlyA && difference.kind != DifferenceKind::kOnlyB &&
      difference.expire_at_ms_a != difference.expire_at_ms_b) {
    out += fmt::format("             expires {} -> {}\n", expiry_text(difference.expire_at_ms_a),
                       expiry_text(difference.expire_at_ms_b));
  }
  if (!difference.not_inside.empty()) out += "             " + difference.not_inside + "\n";
  if (!difference.inside) return out;
  const ValueDifference& inside = difference.inside->difference;
  DifferenceStyle style;
  style.show_values = options.show_values;
  const size_t shown = std::min(inside.changes.size(), kMostChanges);
  for (size_t i = 0; i < shown; ++i) {
    out += "             " + render_change(inside.changes[i], style) + "\n";
  }
  if (inside.total() > shown) {
    out +=
        fmt::format("             ... and {} more changes\n", format_count(inside.total() - shown));
  }
  return out;
}

}  // namespace

std::string render_text(const DiffReport& report, const DiffReportOptions& options) {
  std::string out = verdict_text(report.verdict, options.style);
  out += report.reason.empty() ? "\n" : fmt::format("  {}\n", report.reason);
  out += side_text("a", report.a, options.style);
  out += side_text("b", report.b, options.style);
  if (report.by_database_and_type.empty()) {
    out += "\n  no keys to compare\n";
  } else {
    out += "\n" + counts_table(report);
  }
  if (!report.differences.empty()) out += "\n";
  for (const NamedDifference& difference : report.differences) {
    out += difference_text(difference, options);
  }
  const uint64_t more = report.counts.differing() - report.differences.size();
  if (more != 0) {
    out += fmt::format("  ... and {} more (--output FILE.ndjson writes all)\n", format_count(more));
  }
  return out + fmt::format("\n  {}, {} thread{}\n", format_seconds(report.seconds),
                           options.verify.threads, options.verify.threads == 1 ? "" : "s");
}

}  // namespace rdbproof
