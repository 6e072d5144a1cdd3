// A saved proof: what a data set amounts to, without the data. docs/proof-format.md.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/proof/buckets.h"

namespace rdbproof {

struct Proof {
  std::string report;  // as verify --json --evidence printed it
  Buckets buckets{1};
};

// Of the file as it is stored, in hex. Fails if it changes meanwhile.
Result<std::string> sha256_of_file(const std::string& path);

// Whether the file at `path` begins as a proof does.
bool is_proof(const std::string& path);

// Appears whole or not at all. Refuses a file that exists, unless `replace`.
Result<void> write_proof(const std::string& path, bool replace, const Proof& proof);

// An error names what is wrong: no proof, cut short, altered, of a newer version, too large.
Result<Proof> read_proof(const std::string& path);
// The same of bytes.
Result<Proof> parse_proof(Bytes bytes);

}  // namespace rdbproof
