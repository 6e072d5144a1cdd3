#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/report/contents_json.h"
#include "engine/report/report_parts.h"

namespace rdbproof {
namespace {

std::string hex64(uint64_t value) {
  return fmt::format("{:016x}", value);
}

// For names and values that are text in every sound file.
std::string json_text(const std::string& bytes) {
  return is_valid_utf8(bytes) ? bytes : escape_for_terminal(bytes);
}

Json finding_json(const Finding& finding) {
  const FindingKind& kind = kind_of(finding.code);
  Json object{
      {"code", kind.slug}, {"severity", severity_name(kind.severity)}, {"offset", finding.offset}};
  object["db"] = finding.database == kNoDatabase ? Json() : Json(finding.database);
  if (finding.has_key) {
    put_bytes(object, "key", finding.key);
  } else {
    object["key"] = nullptr;
  }
  std::string detail(kind.sentence);
  if (!finding.detail.empty()) detail += ": " + escape_for_terminal(finding.detail);
  object["detail"] = std::move(detail);
  if (!finding.path.empty()) object["path"] = finding.path;
  if (finding.lost_bytes != 0) {
    object["lost"] = {{"offset", finding.lost_from}, {"bytes", finding.lost_bytes}};
  }
  return object;
}

Json aux_json(const AuxFields& aux) {
  Json object = Json::object();
  for (const auto& [name, value] : aux) object[json_text(name)] = json_text(value);
  return object;
}

Json checksum_json(const Checksum& checksum) {
  Json object{{"status", checksum_status_name(checksum.status)}};
  const bool absent = checksum.status == ChecksumStatus::kAbsent;
  object["stored"] = absent ? Json() : Json(hex64(checksum.stored));
  object["computed"] = hex64(checksum.computed);
  return object;
}

}  // namespace

// Bytes that are not valid UTF-8 cannot be a JSON string.
void put_bytes(Json& object, const std::string& name, Bytes bytes) {
  if (is_valid_utf8(bytes)) {
    object[name] = bytes;
  } else {
    object[name + "_b64"] = to_base64(bytes);
  }
}

Json function_libraries_json(const SourceReport& source) {
  Json libraries = Json::object();
  for (const auto& [name, hash] : source.function_sources) {
    libraries[escape_for_terminal(name)] =
        hex64(static_cast<uint64_t>(hash >> 64)) + hex64(static_cast<uint64_t>(hash));
  }
  return libraries;
}

Json server_json(const ServerFacts& server) {
  Json dbsize = Json::object();
  for (const auto& [database, keys] : server.dbsize) dbsize[std::to_string(database)] = keys;
  Json notes = Json::array();
  for (const std::string& note : server.notes) notes.push_back(json_text(note));
  return {{"product", json_text(server.product)},
          {"version", json_text(server.version)},
          {"topology", server.topology},
          {"nodes", server.nodes},
          {"method", server.method},
          {"dbsize", std::move(dbsize)},
          {"keys_read", server.keys_read},
          {"large_values", server.large_values},
          {"met_again", server.met_again},
          {"vanished", server.vanished},
          {"unreadable", server.unreadable_total},
          {"reconnections", server.reconnections},
          {"exact_expiry", server.exact_expiry},
          {"notes", std::move(notes)}};
}

Json profile_json(const SourceReport& source) {
  Json stages = Json::object();
  for (size_t i = 0; i < kStageNames.size(); ++i) {
    const StageTime& time = source.stages.stages[i];
    stages[std::string(kStageNames[i])] = {{"seconds", static_cast<double>(time.nanoseconds) / 1e9},
                                           {"bytes", time.bytes}};
  }
  return {{"stages", stages}, {"chunks", source.seams.chunks}, {"unmet_seams", source.seams.unmet}};
}

Json source_json(const SourceReport& source, const RunReport& run) {
  Json object;
  object["source"] = json_text(source.source);
  if (!source.sha256.empty()) object["sha256"] = source.sha256;
  if (source.error) {
    object["verdict"] = verdict_name(source.verdict);
    object["error"] = {{"message", source.error->message}, {"hint", source.error->hint}};
    return object;
  }
  object["format"] = source.server ? "server" : "rdb";
  if (source.server) object["server"] = server_json(*source.server);
  object["dialect"] = source.has_header ? Json(dialect_name(source.dialect)) : Json();
  object["rdb_version"] = source.has_header ? Json(source.rdb_version) : Json();
  object["bytes"] = source.bytes;
  object["unread_bytes"] = source.log.lost_bytes();
  object["read_whole"] = source.is_whole();
  object["compression"] = source.compression;
  object["verdict"] = verdict_name(source.verdict);
  object["checksum"] = checksum_json(source.checksum);
  object["not_checked"] = not_checked_json(source);
  object["load"] = load_json(source);
  object["findings"] = Json::array();
  for (const Finding& finding : source.log.findings()) {
    object["findings"].push_back(finding_json(finding));
  }
  object["findings_total"] = source.log.total();
  object["aux"] = aux_json(source.aux);
  object["functions"] = source.functions;
  const bool has_functions = !source.server || source.server->has_functions;
  object["function_libraries"] = has_functions ? function_libraries_json(source) : Json();
  put_contents(object, summarize(source.contents, run.options));
  const double rate = source.seconds > 0 ? static_cast<double>(source.bytes) / source.seconds : 0;
  object["performance"] = {{"seconds", source.seconds},
                           {"bytes_per_second", rate},
                           {"threads", run.options.threads},
                           {"peak_memory_bytes", run.peak_memory_bytes}};
  if (run.options.profile) object["performance"]["profile"] = profile_json(source);
  return object;
}

std::string render_json(const RunReport& run) {
  Json object;
  object["schema"] = "rdbproof.verify/1";
  object["verdict"] = verdict_name(run.verdict);
  object["sources"] = Json::array();
  for (const SourceReport& source : run.sources) {
    object["sources"].push_back(source_json(source, run));
  }
  object["total"] = Json::object();
  put_contents(object["total"], summarize(run.total, run.options));
  return escape_json_text(object.dump(2)) + "\n";
}

}  // namespace rdbproof
