#include <fmt/format.h>

#include <set>

#include "engine/base/text.h"
#include "engine/proof/proof_diff.h"
#include "engine/report/diff_report.h"
#include "engine/report/text_parts.h"
#include "engine/report/units.h"

namespace rdbproof {
namespace {

uint64_t keys_of(const KeyspaceSummary& summary, uint64_t database, const std::string& type) {
  const auto found = summary.databases.find(database);
  if (found == summary.databases.end()) return 0;
  const auto keys = found->second.types.find(type);
  return keys == found->second.types.end() ? 0 : keys->second;
}

// All databases and types that either side has.
std::set<std::pair<uint64_t, std::string>> rows_of(const ProofDiffReport& report) {
  std::set<std::pair<uint64_t, std::string>> rows;
  for (const KeyspaceSummary* side : {&report.a, &report.b}) {
    for (const auto& [number, database] : side->databases) {
      for (const auto& [type, keys] : database.types) rows.emplace(number, type);
    }
  }
  return rows;
}

}  // namespace

std::string render_text(const ProofDiffReport& report, bool color) {
  std::string out = verdict_text(report.verdict, {color});
  out += report.reason.empty() ? "\n\n" : "  " + report.reason + "\n\n";
  Table table(2);
  table.add({"database", "type", "keys in a", "keys in b"});
  for (const auto& [database, type] : rows_of(report)) {
    table.add({std::to_string(database), escape_for_terminal(type),
               format_count(keys_of(report.a, database, type)),
               format_count(keys_of(report.b, database, type))});
  }
  table.add({"all", "", format_count(report.buckets.a_keys), format_count(report.buckets.b_keys)});
  out += table.render("  ");
  if (report.buckets.buckets != 0) {
    out += fmt::format("  {} of {} buckets differ: {} {}\n", format_count(report.buckets.buckets),
                       format_count(report.bucket_count),
                       report.buckets.is_least ? "at least" : "about",
                       plural(report.buckets.estimate, "key"));
  }
  out += report.functions ? functions_text(*report.functions)
                          : "  function libraries were not compared\n";
  if (report.suspects_total != 0) {
    out += fmt::format(
        "  {} in these buckets; those that differ are among them, if they are there at all:\n",
        plural(report.suspects_total, "key"));
  }
  for (const NamedDifference& suspect : report.suspects) {
    out += fmt::format("    database {}, {} \"{}\"\n", suspect.database,
                       escape_for_terminal(suspect.type),
                       escape_for_terminal(suspect.name, kLongestShownKey));
  }
  if (report.suspects_total > report.suspects.size()) {
    out += fmt::format("    ... and {} more (--output FILE.ndjson writes all)\n",
                       format_count(report.suspects_total - report.suspects.size()));
  }
  return out + fmt::format("\n  {}\n", format_seconds(report.seconds));
}

std::string render_json(const ProofDiffReport& report) {
  using Json = nlohmann::ordered_json;
  Json object{{"schema", "rdbproof.diff/1"}, {"verdict", verdict_name(report.verdict)}};
  object["reason"] = report.reason.empty() ? Json() : Json(report.reason);
  object["counts"] = {{"a", report.buckets.a_keys}, {"b", report.buckets.b_keys}};
  object["buckets"] = {{"count", report.bucket_count},
                       {"differing", report.buckets.buckets},
                       {"about_keys", report.buckets.estimate},
                       {"at_least", report.buckets.is_least}};
  object["functions"] = report.functions ? functions_json(*report.functions) : Json();
  object["by_database"] = Json::array();
  for (const auto& [database, type] : rows_of(report)) {
    object["by_database"].push_back({{"db", database},
                                     {"type", escape_for_terminal(type)},
                                     {"a", keys_of(report.a, database, type)},
                                     {"b", keys_of(report.b, database, type)}});
  }
  object["differences"] = Json::array();
  for (const NamedDifference& suspect : report.suspects) {
    object["differences"].push_back(difference_json(suspect, false));
  }
  object["differences_total"] = report.suspects_total;
  object["performance"] = {{"seconds", report.seconds}};
  return escape_json_text(object.dump(2)) + "\n";
}

}  // namespace rdbproof
