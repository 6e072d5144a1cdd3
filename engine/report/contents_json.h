// `keyspace`, fingerprints, digests and their sums, as docs/json.md has them: written and read
// back.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "engine/verify/contents_summary.h"

namespace rdbproof {

using Json = nlohmann::ordered_json;

// Sets the members of a source, or of the total, that tell its contents.
void put_contents(Json& object, const ContentsSummary& contents);

// The reverse. `evidence`, `redis_digest`: what must be there. `path` is that of `object`, for
// messages. Sums that do not give the fingerprint beside them are an error.
Result<ContentsSummary> read_contents(const Json& object, const std::string& path, bool evidence,
                                      bool redis_digest);

}  // namespace rdbproof
