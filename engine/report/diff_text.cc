#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/report/change_report.h"
#include "engine/report/diff_report.h"
#include "engine/report/report_parts.h"
#include "engine/report/text_parts.h"
#include "engine/report/units.h"

namespace rdbproof {
namespace {

constexpr size_t kMostRows = 20;
constexpr size_t kMostChanges = 10;

// As headings and in lines.
constexpr auto kKindTexts =
    std::to_array<std::string_view>({"same", "only in a", "only in b", "type", "value", "expiry",
                                     "expired", "expired in b", "unstable"});
static_assert(kKindTexts.size() == static_cast<size_t>(DifferenceKind::kCount));

std::string_view text_of(DifferenceKind kind) {
  return kKindTexts[static_cast<size_t>(kind)];
}

std::string side_text(std::string_view name, const std::vector<SourceReport>& sources,
                      const TextStyle& style) {
  std::string out;
  for (const SourceReport& source : sources) {
    out += fmt::format("  {}  {}", name, render_heading(source, style));
    if (source.server) out += "     " + render_server(*source.server) + "\n";
    out += render_findings(source.log, style);
    out += render_lost(source);
  }
  return out;
}

// Those of live sides only where there are some.
bool is_shown(size_t kind, const DifferenceCounts& all) {
  return kind < static_cast<size_t>(DifferenceKind::kExpired) || all.keys[kind] != 0;
}

std::vector<std::string> heading_of(const DifferenceCounts& all) {
  std::vector<std::string> row{"database", "type"};
  for (size_t i = 0; i < kKindTexts.size(); ++i) {
    if (is_shown(i, all)) row.emplace_back(kKindTexts[i]);
  }
  return row;
}

std::vector<std::string> row_of(std::string database, std::string type,
                                const DifferenceCounts& counts, const DifferenceCounts& all) {
  std::vector<std::string> row{std::move(database), std::move(type)};
  for (size_t i = 0; i < counts.keys.size(); ++i) {
    if (!is_shown(i, all)) continue;
    row.push_back(counts.keys[i] == 0 ? "-" : format_count(counts.keys[i]));
  }
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
  table.add(heading_of(report.counts));
  for (size_t i = 0; i < std::min(rows.size(), kMostRows); ++i) {
    table.add(row_of(std::to_string(rows[i].database), escape_for_terminal(rows[i].type),
                     *rows[i].counts, report.counts));
  }
  if (rows.size() > 1) table.add(row_of("all", "", report.counts, report.counts));
  std::string out = table.render("  ");
  if (rows.size() > kMostRows) {
    out += fmt::format("  ... of {} databases and types in all (--json has them)\n", rows.size());
  }
  return out;
}

// Why a server's DBSIZE is not the number of keys that were compared.
std::string dbsize_text(std::string_view name, const std::vector<SourceReport>& sources,
                        const DiffReport& report, uint64_t compared, uint64_t expired_elsewhere) {
  uint64_t dbsize = 0;
  bool is_live = false;
  for (const SourceReport& source : sources) {
    if (!source.server) continue;
    is_live = true;
    for (const auto& [database, keys] : source.server->dbsize) dbsize += keys;
  }
  if (!is_live) return {};
  std::string out = fmt::format("  {}: DBSIZE was {} when the reading began, {} keys were compared",
                                name, format_count(dbsize), format_count(compared));
  if (dbsize > compared) {
    out +=
        fmt::format("; {} were gone when they were read, or past their expiry and not yet deleted",
                    format_count(dbsize - compared));
  } else if (dbsize < compared) {
    out += fmt::format("; {} came meanwhile", format_count(compared - dbsize));
  }
  const DifferenceCounts& counts = report.counts;
  if (expired_elsewhere != 0) {
    out += fmt::format("; {} keys of the other side have expired since",
                       format_count(expired_elsewhere));
  }
  const uint64_t only = counts[DifferenceKind::kOnlyA] + counts[DifferenceKind::kOnlyB];
  if (only != 0) out += fmt::format("; {} are on one side only", format_count(only));
  return out + "\n";
}

std::string expiry_text(const std::optional<int64_t>& expire_at_ms) {
  return expire_at_ms ? std::to_string(*expire_at_ms) + " ms" : "never";
}

std::string difference_text(const NamedDifference& difference, const DiffReportOptions& options) {
  std::string type = escape_for_terminal(difference.type);
  if (!difference.type_b.empty()) type += " -> " + escape_for_terminal(difference.type_b);
  std::string out = fmt::format("  {:<9}  database {}, {} \"{}\"\n", text_of(difference.kind),
                                difference.database, type,
                                escape_for_terminal(difference.name, kLongestShownKey));
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

std::string functions_text(const std::map<std::string, DifferenceKind>& functions) {
  std::string out;
  for (const auto& [name, kind] : functions) {
    const std::string_view how = kind == DifferenceKind::kValue ? "another one" : text_of(kind);
    out += fmt::format("  function library \"{}\": {}\n", escape_for_terminal(name), how);
  }
  return out;
}

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
  if (report.functions) out += functions_text(*report.functions);
  using enum DifferenceKind;
  out += dbsize_text("a", report.a, report, report.counts.in_a(), report.counts[kExpiredB]);
  out += dbsize_text("b", report.b, report, report.counts.in_b(), report.counts[kExpired]);
  if (!report.differences.empty()) out += "\n";
  for (const NamedDifference& difference : report.differences) {
    out += difference_text(difference, options);
  }
  const uint64_t more = report.counts.listed() - report.differences.size();
  if (more != 0) {
    out += fmt::format("  ... and {} more (--output FILE.ndjson writes all)\n", format_count(more));
  }
  return out + fmt::format("\n  {}, {} thread{}\n", format_seconds(report.seconds),
                           options.verify.threads, options.verify.threads == 1 ? "" : "s");
}

}  // namespace rdbproof
