// Renders what salvage did.
#pragma once

#include <string>

#include "engine/report/verify_report.h"
#include "engine/verify/salvage.h"

namespace rdbproof {

// Ends in a newline.
std::string render_text(const SalvageReport& report, const VerifyOptions& options,
                        const TextStyle& style);
// One object, ends in a newline. Names are a contract: docs/json.md.
std::string render_json(const SalvageReport& report, const VerifyOptions& options);

}  // namespace rdbproof
