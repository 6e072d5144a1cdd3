#include "engine/base/text.h"
#include "engine/report/change_report.h"
#include "engine/report/diff_report.h"
#include "engine/report/report_parts.h"

namespace rdbproof {
namespace {

Json counts_json(const DifferenceCounts& counts) {
  Json object{{"a", counts.in_a()}, {"b", counts.in_b()}};
  for (size_t i = 0; i < counts.keys.size(); ++i) {
    object[std::string(kDifferenceKindNames[i])] = counts.keys[i];
  }
  return object;
}

Json expiry_json(const std::optional<int64_t>& expire_at_ms) {
  return expire_at_ms ? Json(*expire_at_ms) : Json();
}

Json sources_json(const std::vector<SourceReport>& sources, const RunReport& run) {
  Json array = Json::array();
  for (const SourceReport& source : sources) array.push_back(source_json(source, run));
  return array;
}

}  // namespace

Json difference_json(const NamedDifference& difference, bool show_values) {
  Json object{{"kind", name_of(difference.kind)}, {"db", difference.database}};
  put_bytes(object, "key", difference.name);
  object["type"] = escape_for_terminal(difference.type);
  if (!difference.type_b.empty()) object["type_b"] = escape_for_terminal(difference.type_b);
  if (difference.expire_at_ms_a != difference.expire_at_ms_b) {
    object["expire_at_ms"] = {{"a", expiry_json(difference.expire_at_ms_a)},
                              {"b", expiry_json(difference.expire_at_ms_b)}};
  }
  if (difference.inside) {
    DifferenceStyle style;
    style.show_values = show_values;
    object["inside"] = {{"counts", change_counts_json(difference.inside->difference)},
                        {"changes", changes_json(difference.inside->difference, style)}};
  } else if (!difference.not_inside.empty()) {
    object["not_inside"] = difference.not_inside;
  }
  return object;
}

Json functions_json(const std::map<std::string, DifferenceKind>& functions) {
  Json list = Json::array();
  for (const auto& [name, kind] : functions) {
    list.push_back({{"kind", name_of(kind)}, {"library", escape_for_terminal(name)}});
  }
  return list;
}

std::string render_json(const DiffReport& report, const DiffReportOptions& options) {
  Json object;
  object["schema"] = "rdbproof.diff/1";
  object["verdict"] = verdict_name(report.verdict);
  object["reason"] = report.reason.empty() ? Json() : Json(report.reason);
  RunReport run(options.verify);
  run.peak_memory_bytes = options.peak_memory_bytes;
  object["a"] = sources_json(report.a, run);
  object["b"] = sources_json(report.b, run);
  object["counts"] = counts_json(report.counts);

  std::map<std::string, DifferenceCounts> types;
  Json databases = Json::array();
  for (const auto& [number, by_type] : report.by_database_and_type) {
    Json of_database = Json::object();
    for (const auto& [type, counts] : by_type) {
      of_database[escape_for_terminal(type)] = counts_json(counts);
      types[escape_for_terminal(type)].merge(counts);
    }
    databases.push_back({{"db", number}, {"by_type", std::move(of_database)}});
  }
  object["functions"] = report.functions ? functions_json(*report.functions) : Json();
  object["by_type"] = Json::object();
  for (const auto& [type, counts] : types) object["by_type"][type] = counts_json(counts);
  object["by_database"] = std::move(databases);
  object["differences"] = Json::array();
  for (const NamedDifference& difference : report.differences) {
    object["differences"].push_back(difference_json(difference, options.show_values));
  }
  object["differences_total"] = report.counts.listed();
  object["performance"] = {{"seconds", report.seconds},
                           {"threads", options.verify.threads},
                           {"peak_memory_bytes", options.peak_memory_bytes}};
  return escape_json_text(object.dump(2)) + "\n";
}

}  // namespace rdbproof
