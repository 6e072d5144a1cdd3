#include "engine/stats/keyspace_summary.h"

namespace rdbproof {

void DatabaseSummary::merge(const DatabaseSummary& other) {
  keys += other.keys;
  expires += other.expires;
  expired += other.expired;
  for (const auto& [name, count] : other.types) types[name] += count;
}

void KeyspaceSummary::merge(const KeyspaceSummary& other) {
  keys += other.keys;
  expires += other.expires;
  expired += other.expired;
  for (const auto& [number, database] : other.databases) databases[number].merge(database);
  for (const auto& [name, counts] : other.types) types[name].merge(counts);
  for (const auto& [name, count] : other.encodings) encodings[name] += count;
}

KeyspaceSummary summarize(const Keyspace& keyspace) {
  KeyspaceSummary all;
  for (const auto& [number, counts] : keyspace.databases()) {
    if (counts.keys() == 0) continue;
    DatabaseSummary& database = all.databases[number];
    database = {counts.keys(), counts.expires(), counts.expired(), {}};
    all.keys += database.keys;
    all.expires += database.expires;
    all.expired += database.expired;
    for (const auto& [name, of_type] : counts.types()) {
      database.types[name] = of_type.keys;
      all.types[name].merge(of_type);
    }
  }
  all.encodings = keyspace.encodings();
  return all;
}

}  // namespace rdbproof
