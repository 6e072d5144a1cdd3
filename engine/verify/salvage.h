// Writes a clean RDB file of what is intact in a damaged one.
#pragma once

#include <string>

#include "engine/verify/verify.h"

namespace rdbproof {

struct SalvageReport {
  SourceReport source;   // what was found in the source
  SourceReport written;  // what was found in the copy, before it got its name
};

// Copies the intact records of `source` byte by byte, with a new checksum, verifies the copy, and
// gives it the name `target`. Left out: what is damaged, what this build cannot read, what servers
// refuse (of a key that occurs twice the first is kept), and hints about sizes. An error leaves
// nothing behind, and what was there before.
Result<SalvageReport> salvage(const std::string& source, const std::string& target, bool replace,
                              const VerifyOptions& options);

}  // namespace rdbproof
