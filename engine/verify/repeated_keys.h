// Names the keys that occur twice, by reading a mapped file again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/verify/finding_log.h"
#include "engine/verify/key_index.h"
#include "engine/verify/verify.h"

namespace rdbproof {

struct Input;

// A finding for each occurrence but the first of every key whose mark is in `repeated` (ascending),
// in the order of the file.
Result<FindingLog> find_repeated_keys(Input& input, const VerifyOptions& options,
                                      const std::vector<Mark>& repeated);

}  // namespace rdbproof
