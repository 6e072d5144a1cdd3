// How a live server is to be read.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "engine/resp/connection.h"

namespace rdbproof {

enum class ReadMethod : uint8_t {
  kScan,   // SCAN and DUMP
  kTyped,  // SCAN and the commands of each type, for servers whose DUMP we cannot read
  kSync,   // as a replica
};

struct LiveOptions {
  ConnectionOptions connection;
  std::optional<ReadMethod> method;  // absent: whatever the server lets us
  bool allow_primary = false;        // to read a primary that has replicas
  bool from_replicas = false;        // of a cluster
  bool allow_fork = false;
  // Announced address to the one that can be reached.
  std::map<Endpoint, Endpoint> address_map;
  uint64_t keys_per_second = 0;                   // 0: no limit
  uint64_t bytes_per_second = 0;                  // likewise
  std::chrono::milliseconds max_latency{0};       // 0: no limit
  uint64_t max_value_bytes = uint64_t{16} << 20;  // larger ones are read in pages
  unsigned keys_at_a_time = 512;
  uint64_t seen_bytes = uint64_t{64} << 20;  // to recognise keys that SCAN gives twice
};

}  // namespace rdbproof
