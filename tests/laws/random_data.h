// Random logical data, and two ways to write it as a dump.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "bench/random.h"

namespace rdbproof::test {

enum class Kind : uint8_t { kString, kList, kSet, kZset, kHash };

// Unordered types have each first text once. Scores stand as text that a double keeps.
struct LogicalKey {
  Kind kind = Kind::kString;
  std::vector<std::pair<std::string, std::string>> elements;  // second: value or score, else empty
  int64_t expire_at_ms = 0;                                   // 0: none
};

using LogicalData = std::map<uint64_t, std::map<std::string, LogicalKey>>;

LogicalData random_data(bench::Random& random);

// Changes one element of one key; the number of elements stays what it was.
void change_one(LogicalData& data, bench::Random& random);

// How to write: choices that may not show in the fingerprint.
struct Style {
  bool packed = false;
  bool compressed = false;
  unsigned version = 11;
  uint64_t order_seed = 0;  // of keys, databases and unordered elements
};

std::string write_dump(const LogicalData& data, const Style& style);
// What DUMP answers for the key: without its expiry.
std::string dump_payload(const LogicalKey& key, const Style& style);
// The same around a body that is there already.
std::string seal_payload(std::string body, unsigned version);

}  // namespace rdbproof::test
