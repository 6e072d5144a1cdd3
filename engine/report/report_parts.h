// What several reports are made of.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "engine/report/verify_report.h"

namespace rdbproof {

using Json = nlohmann::ordered_json;

// "DAMAGED  dump.rdb", a line.
std::string render_heading(const SourceReport& source, const TextStyle& style);
// The gravest first; within a severity in the order of the file.
std::string render_findings(const FindingLog& log, const TextStyle& style);
// How much could not be read; nothing if all was.
std::string render_lost(const SourceReport& source);

// The `sources[]` of docs/json.md.
Json source_json(const SourceReport& source, const RunReport& run);

}  // namespace rdbproof
