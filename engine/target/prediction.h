// Whether a server would load a file, and how many keys it would have then.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/rdb/used_records.h"
#include "engine/stats/keyspace.h"
#include "engine/target/effect.h"
#include "engine/target/server_needs.h"
#include "engine/target/target.h"

namespace rdbproof {

enum class Outcome : uint8_t { kLoads, kRefuses, kAborts, kUnknown };

std::string_view outcome_name(Outcome outcome);

struct Reason {
  Effect effect = Effect::kNone;
  Code code = Code::kNone;  // of the finding: of the file's own, or target-...
  uint64_t offset = 0;
  uint64_t count = 1;  // findings of this code
  std::string sentence;
};

struct Prediction {
  Target target;
  Outcome outcome = Outcome::kUnknown;
  std::vector<Reason> reasons;           // in the order of the file
  std::vector<std::string> assumptions;  // under which it loads
  // Keys by database after loading; absent where it would not load, or not all is known.
  std::optional<std::map<uint64_t, uint64_t>> sizes;
  uint64_t expired = 0;    // keys dropped because they have expired
  uint64_t fieldless = 0;  // hashes dropped because all of their fields have

  // What the file has against this server, as findings of its own.
  std::vector<Finding> findings() const;
};

// Findings of one code.
struct CodeCount {
  uint64_t count = 0;
  uint64_t first_offset = 0;
};

// What is known of a file, as far as it matters to a server.
struct FileFacts {
  const FileContext* file = nullptr;  // null: the header could not be read
  std::string_view compression;       // as the report names it
  Dialect dialect = Dialect::kRedis;
  std::string_view writer_version;  // of the server that the file names; may be empty
  const UsedRecords* used = nullptr;
  const ServerNeeds* needs = nullptr;
  const Keyspace* keyspace = nullptr;
  std::array<CodeCount, kFindingKinds.size()> findings{};
  // Where records were lost: a server goes on reading there in its own way.
  std::optional<uint64_t> first_gap;
};

// The release to judge by where nobody names one: the writer, if it is known and reads all that the
// file holds; else the oldest release of that product that does, or that reads at least its header.
std::optional<Target> default_target(const FileFacts& facts);

Prediction predict(const FileFacts& facts, const Target& target);

}  // namespace rdbproof
