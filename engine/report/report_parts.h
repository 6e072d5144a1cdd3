// What several reports are made of.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "engine/report/contents_json.h"
#include "engine/report/verify_report.h"

namespace rdbproof {

// Bytes under `name`, or in base64 under `name`_b64 if they are not valid UTF-8.
void put_bytes(Json& object, const std::string& name, Bytes bytes);

// "DAMAGED  dump.rdb", a line.
std::string render_heading(const SourceReport& source, const TextStyle& style);
// What kind of server was read, and how; without the last newline.
std::string render_server(const ServerFacts& server);
// The gravest kinds first, the first few of each.
std::string render_findings(const FindingLog& log, const TextStyle& style);
// How much could not be read; nothing if all was.
std::string render_lost(const SourceReport& source);

// Whether a server would load it; nothing if that was not asked.
std::string render_load(const SourceReport& source);
// What was not checked, in a line; nothing if all was.
std::string render_not_checked(const SourceReport& source);

// `load` and `not_checked` of docs/json.md.
Json load_json(const SourceReport& source);
Json not_checked_json(const SourceReport& source);
// By name, the hash of each library.
Json function_libraries_json(const SourceReport& source);
// The `sources[]` of docs/json.md.
Json source_json(const SourceReport& source, const RunReport& run);

}  // namespace rdbproof
