// The counts of a Keyspace as reports show them: plain numbers that can be read back and added.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/stats/keyspace.h"

namespace rdbproof {

struct DatabaseSummary {
  uint64_t keys = 0;
  uint64_t expires = 0;
  uint64_t expired = 0;
  std::map<std::string, uint64_t> types;  // keys by type

  void merge(const DatabaseSummary& other);
};

struct KeyspaceSummary {
  uint64_t keys = 0;
  uint64_t expires = 0;
  uint64_t expired = 0;
  std::map<uint64_t, DatabaseSummary> databases;  // those that have keys
  std::map<std::string, TypeCounts> types;
  std::map<std::string, uint64_t> encodings;  // keys by encoding

  // Adds another file's.
  void merge(const KeyspaceSummary& other);
};

KeyspaceSummary summarize(const Keyspace& keyspace);

}  // namespace rdbproof
