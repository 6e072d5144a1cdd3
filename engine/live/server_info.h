// What a server says of itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/resp/connection.h"

namespace rdbproof {

struct ServerInfo {
  std::string product = "redis";
  std::string version;
  std::string run_id;  // of the process
  bool is_replica = false;
  bool is_link_up = true;  // of a replica to its primary
  bool is_cluster = false;
  bool is_loading = false;
  std::vector<std::string> replicas;  // of a primary: "10.0.0.2:6380"
  std::map<uint64_t, uint64_t> keys;  // by database
  bool has_keyspace = false;          // whether it says which databases hold keys
  bool too_many_databases = false;    // to keep

  // 7.2.x: (7 << 8) + 2
  unsigned version_number() const;
};

// Of the text that INFO answers; what is not there stays as it is.
ServerInfo parse_info(Bytes text);
// Of what TIME answers, in ms; absent if that is no time.
std::optional<int64_t> parse_time(const Reply& reply);
Async<ServerInfo> ask_info(ServerConnection& connection);

}  // namespace rdbproof
