// Names the keys that occur twice, by reading a mapped file again.
#pragma once

#include "engine/base/result.h"
#include "engine/hash/repetitions.h"
#include "engine/verify/finding_log.h"
#include "engine/verify/verify.h"

namespace rdbproof {

struct Input;

// A finding for each occurrence but the first of every key whose mark was kept, in the order of the
// file; occurrences of others are counted. `repeated` are marks of keys, see key_index.h.
Result<FindingLog> find_repeated_keys(Input& input, const VerifyOptions& options,
                                      Repetitions& repeated);

}  // namespace rdbproof
