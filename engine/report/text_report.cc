#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/report/report_parts.h"
#include "engine/report/report_reader.h"
#include "engine/report/text_parts.h"
#include "engine/report/units.h"

namespace rdbproof {
namespace {

constexpr size_t kMostDatabases = 20;
constexpr size_t kMostFindings = 20;
constexpr size_t kMostOfAKind = 3;
constexpr size_t kLongestKey = 120;

std::string verdict_text(Verdict verdict, const TextStyle& style) {
  switch (verdict) {
    case Verdict::kOk:
      return paint("OK", "1;32", style);
    case Verdict::kReservations:
      return paint("OK WITH RESERVATIONS", "1;33", style);
    case Verdict::kUnsupported:
      return paint("COULD NOT BE CHECKED", "1;35", style);
    case Verdict::kRefused:
      return paint("SERVERS REFUSE IT", "1;31", style);
    case Verdict::kDamaged:
      return paint("DAMAGED", "1;31", style);
  }
  return {};
}

std::string checksum_text(const SourceReport& source) {
  switch (source.checksum.status) {
    case ChecksumStatus::kMatch:
      return "checksum matches";
    case ChecksumStatus::kMismatch:
      return fmt::format("checksum differs: stored {:016x}, computed {:016x}",
                         source.checksum.stored, source.checksum.computed);
    case ChecksumStatus::kDisabled:
      return "written without a checksum";
    case ChecksumStatus::kAbsent:
      return source.rdb_version < kFirstVersionWithChecksum ? "no checksum in this version"
                                                            : "checksum not reached";
  }
  return {};
}

std::string producer_text(const SourceReport& source) {
  for (const std::string name : {"df-ver", "valkey-ver", "redis-ver"}) {
    const auto found =
        std::ranges::find(source.aux, name, [](const auto& field) { return field.first; });
    if (found != source.aux.end()) {
      return fmt::format(" written by {} {}", dialect_name(source.dialect),
                         escape_for_terminal(found->second, 40));
    }
  }
  return {};
}

std::string file_line(const SourceReport& source) {
  if (source.server) return render_server(*source.server);
  std::string line = source.has_header ? fmt::format("RDB version {}{}, ", source.rdb_version,
                                                     producer_text(source))
                                       : std::string();
  line += format_bytes(source.bytes);
  if (source.compression != "none") line += fmt::format(" out of {}", source.compression);
  if (source.has_header) line += ", " + checksum_text(source);
  if (source.functions != 0) {
    line += fmt::format(", {} function librar{}", source.functions,
                        source.functions == 1 ? "y" : "ies");
  }
  return line;
}

std::string database_table(const KeyspaceSummary& totals) {
  Table table;
  std::vector<std::string> heading{"database", "keys", "with expiry", "expired"};
  for (const auto& [name, counts] : totals.types) heading.push_back(escape_for_terminal(name));
  table.add(heading);
  size_t shown = 0;
  for (const auto& [number, database] : totals.databases) {
    if (++shown > kMostDatabases) continue;
    std::vector<std::string> row{std::to_string(number), format_count(database.keys),
                                 format_count(database.expires), format_count(database.expired)};
    for (const auto& [name, counts] : totals.types) {
      const auto found = database.types.find(name);
      row.push_back(found == database.types.end() ? "-" : format_count(found->second));
    }
    table.add(row);
  }
  if (shown > kMostDatabases) {
    table.add({fmt::format("... and {} more (--json has all)", shown - kMostDatabases)});
  }
  if (shown > 1) {
    std::vector<std::string> row{"all", format_count(totals.keys), format_count(totals.expires),
                                 format_count(totals.expired)};
    for (const auto& [name, counts] : totals.types) row.push_back(format_count(counts.keys));
    table.add(row);
  }
  return table.render("  ");
}

std::string type_table(const KeyspaceSummary& totals) {
  Table table;
  table.add({"type", "keys", "elements", "content"});
  for (const auto& [name, counts] : totals.types) {
    table.add({escape_for_terminal(name), format_count(counts.keys), format_count(counts.elements),
               format_bytes(counts.bytes)});
  }
  return table.render("  ");
}

// Counts and fingerprint of a damaged source are those of what could be read, and say so.
std::string contents_text(const ContentsSummary& contents, bool whole) {
  const std::string_view part = whole ? "" : " of what could be read, not of the whole";
  const KeyspaceSummary& totals = contents.keyspace;
  std::string out;
  if (totals.keys == 0) {
    out += fmt::format("  no keys{}\n", part);
  } else {
    out += "\n" + database_table(totals) + "\n" + type_table(totals) + "\n";
  }
  const FingerprintText text = contents.fingerprint();
  out +=
      fmt::format("  fingerprint{} ({})\n    content             {}\n    content and expiry  {}\n",
                  part, text.algorithm, text.content, text.content_and_expiry);
  if (contents.digest) {
    const DigestText digest = render_digest(*contents.digest);
    const std::string none = "not computable from the file";
    out += fmt::format("  DEBUG DIGEST{}\n    since 7.2           {}\n    2.0 to 7.0          {}\n",
                       part, digest.modern.value_or(none), digest.legacy.value_or(none));
  }
  return out;
}

std::string finding_text(const Finding& finding, bool with_advice, const TextStyle& style) {
  const FindingKind& kind = kind_of(finding.code);
  const bool grave = kind.severity >= Severity::kUnsupported;
  std::string line = fmt::format("  {} at offset {}", paint(kind.slug, grave ? "31" : "33", style),
                                 finding.offset);
  if (finding.has_key) {
    if (finding.database != kNoDatabase) line += fmt::format(", database {}", finding.database);
    line += fmt::format(", key \"{}\"", escape_for_terminal(finding.key, kLongestKey));
    if (!finding.path.empty()) line += ", " + finding.path;
  }
  line += fmt::format(": {}", kind.sentence);
  if (!finding.detail.empty()) line += fmt::format(" ({})", escape_for_terminal(finding.detail));
  line += "\n";
  if (with_advice && !kind.advice.empty()) line += fmt::format("      {}\n", kind.advice);
  return line;
}

// The gravest kinds first; within a severity, and within a kind, in the order of the file.
std::vector<std::vector<const Finding*>> by_kind(const FindingLog& log) {
  std::vector<std::vector<const Finding*>> kinds;
  std::array<size_t, kFindingKinds.size()> places{};  // 0: none yet
  for (const Finding& finding : log.findings()) {
    size_t& place = places[static_cast<size_t>(finding.code)];
    if (place == 0) {
      kinds.emplace_back();
      place = kinds.size();
    }
    kinds[place - 1].push_back(&finding);
  }
  std::ranges::stable_sort(kinds, [](const auto& a, const auto& b) {
    return kind_of(a.front()->code).severity > kind_of(b.front()->code).severity;
  });
  return kinds;
}

// Seconds of all threads together; a rate where the stage knows of how many bytes.
std::string profile_text(const SourceReport& source) {
  std::string out =
      fmt::format("\n  {:<10}  {:>9}  {:>6}  {}\n", "stage", "seconds", "share", "rate");
  double total = 0;
  for (const StageTime& time : source.stages.stages) total += static_cast<double>(time.nanoseconds);
  for (size_t i = 0; i < kStageNames.size(); ++i) {
    const StageTime& time = source.stages.stages[i];
    if (time.nanoseconds == 0) continue;
    const auto nanoseconds = static_cast<double>(time.nanoseconds);
    out += fmt::format("  {:<10}  {:>9.3f}  {:>5.1f}%  {}\n", kStageNames[i], nanoseconds / 1e9,
                       100 * nanoseconds / total,
                       time.bytes == 0 ? "" : format_rate(time.bytes, nanoseconds / 1e9));
  }
  out += fmt::format("  {} of {} chunks began at a guess that was not met\n", source.seams.unmet,
                     source.seams.chunks);
  return out;
}

std::string source_text(const SourceReport& source, const RunReport& run, const TextStyle& style) {
  std::string out = render_heading(source, style);
  if (source.error) return out;  // messages go to standard error
  out += "  " + file_line(source) + "\n";
  out += render_findings(source.log, style);
  out += render_lost(source);
  out += render_not_checked(source);
  out += render_load(source);
  if (!source.has_header) return out;
  out += contents_text(summarize(source.contents, run.options), source.is_whole());
  out += fmt::format("  {} at {}, {} thread{}\n", format_seconds(source.seconds),
                     format_rate(source.bytes, source.seconds), run.options.threads,
                     run.options.threads == 1 ? "" : "s");
  if (run.options.profile) out += profile_text(source);
  return out;
}

}  // namespace

std::string render_server(const ServerFacts& server) {
  std::string out =
      fmt::format("{} {}, {}, read by {}", escape_for_terminal(server.product),
                  escape_for_terminal(server.version, 40), server.topology, server.method);
  for (const std::string& node : server.nodes) out += "\n    " + node;
  const auto count = [&](uint64_t number, std::string_view what) {
    if (number != 0) out += fmt::format("\n  {} {}", format_count(number), what);
  };
  count(server.large_values, "large values read in pages");
  count(server.met_again, "keys given twice by SCAN, counted once");
  count(server.vanished, "keys gone before their value was read");
  count(server.reconnections, "times connected again");
  for (const std::string& note : server.notes) out += "\n  note: " + note;
  return out;
}

std::string render_heading(const SourceReport& source, const TextStyle& style) {
  return fmt::format("{}  {}\n", verdict_text(source.verdict, style),
                     escape_for_terminal(source.source));
}

std::string render_findings(const FindingLog& log, const TextStyle& style) {
  std::string out;
  size_t shown = 0;
  uint64_t told = 0;
  for (const std::vector<const Finding*>& kind : by_kind(log)) {
    if (shown == kMostFindings) break;
    const size_t of_kind = std::min({kind.size(), kMostOfAKind, kMostFindings - shown});
    for (size_t i = 0; i < of_kind; ++i) out += finding_text(*kind[i], i == 0, style);
    const uint64_t count = log.count(kind.front()->code);
    if (count > of_kind) out += fmt::format("  ... and {} more of this kind\n", count - of_kind);
    shown += of_kind;
    told += count;
  }
  if (log.total() > told) {
    out += fmt::format("  ... and {} more findings (--json has the first {})\n", log.total() - told,
                       log.findings().size());
  }
  return out;
}

std::string render_lost(const SourceReport& source) {
  const uint64_t lost = source.log.lost_bytes();
  if (lost == 0) return {};
  const double percent = 100.0 * static_cast<double>(lost) / static_cast<double>(source.bytes);
  return fmt::format("  lost: {} of {} ({:.2g} %) could not be read; the rest was\n",
                     format_bytes(lost), format_bytes(source.bytes), percent);
}

void RunReport::add(SourceReport source) {
  verdict = std::max(verdict, source.verdict);
  if (!source.error) total.merge(source.contents);
  sources.push_back(std::move(source));
}

std::string render_text(const MergedReport& merged, const TextStyle& style) {
  std::string out;
  bool whole = true;
  for (const SavedSource& source : merged.report.sources) {
    out += fmt::format("{}  {}\n", verdict_text(source.verdict, style),
                       escape_for_terminal(source.name));
    whole &= source.is_whole;
  }
  out += fmt::format("\n{}  all {} sources\n", verdict_text(merged.verdict, style),
                     merged.report.sources.size());
  return out + contents_text(merged.total, whole);
}

std::string render_text(const RunReport& run, const TextStyle& style) {
  std::string out;
  for (const SourceReport& source : run.sources) {
    if (!out.empty()) out += "\n";
    out += source_text(source, run, style);
  }
  if (run.sources.size() < 2) return out;
  const auto sound = std::ranges::count_if(run.sources, [](const SourceReport& source) {
    return source.verdict <= Verdict::kReservations;
  });
  out += fmt::format("\n{}  all {} sources, {} of them sound\n", verdict_text(run.verdict, style),
                     run.sources.size(), sound);
  return out + contents_text(summarize(run.total, run.options),
                             std::ranges::all_of(run.sources, &SourceReport::is_whole));
}

}  // namespace rdbproof
