// The dumps of the corpus, and verification of one with fixed settings.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/report/verify_report.h"

namespace rdbproof::test {

// Paths of all dumps of the corpus that servers wrote, sorted. Never empty: the test fails
// otherwise.
std::vector<std::string> corpus_dumps();
// The same of the damaged files.
std::vector<std::string> damaged_dumps();
// The path of a dump, by its path within the corpus.
std::string corpus_dump(const std::string& name);
std::string read_file(const std::string& path);

// All accumulators on, and a present that does not move.
VerifyOptions law_options();

// The JSON report of one source without "performance", as an object.
nlohmann::json report_of(const std::string& path, const VerifyOptions& options);
// The same for a report that was made already.
nlohmann::json json_of(SourceReport report, const VerifyOptions& options);

}  // namespace rdbproof::test
