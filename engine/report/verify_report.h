// Renders what verify found, as text for people and as JSON by the contract.
#pragma once

#include <string>
#include <vector>

#include "engine/verify/verify.h"

namespace rdbproof {

struct RunReport {
  explicit RunReport(const VerifyOptions& verify_options)
      : options(verify_options), total(verify_options.now_ms) {}

  VerifyOptions options;
  std::vector<SourceReport> sources;
  Contents total;
  Verdict verdict = Verdict::kOk;
  uint64_t peak_memory_bytes = 0;  // of the process

  // Takes in one more source.
  void add(SourceReport source);
};

struct TextStyle {
  bool color = false;
};

// Ends in a newline.
std::string render_text(const RunReport& run, const TextStyle& style);
// One object, ends in a newline. Names are a contract: docs/json.md.
std::string render_json(const RunReport& run);

}  // namespace rdbproof
