// Live servers as sources of a command.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/limits.h"
#include "engine/live/live_options.h"
#include "engine/live/live_source.h"

namespace rdbproof {

// What the user says about servers.
struct ServerOptions {
  CredentialOptions credentials;
  TlsOptions tls;
  std::string method;
  std::vector<std::string> address_map;
  bool allow_primary = false;
  bool from_replicas = false;
  bool allow_fork = false;
  uint64_t keys_per_second = 0;
  uint64_t bytes_per_second = 0;
  uint64_t max_latency_ms = 0;
  uint64_t max_value_bytes = uint64_t{16} << 20;
  uint64_t timeout_ms = 60'000;
};

void add_server_options(CLI::App& command, ServerOptions& options);

// The servers among the sources of a command.
class Servers {
 public:
  // An error names an address, option or password file that is wrong. Connects to nothing.
  static Result<Servers> find(const std::vector<std::string>& sources, const ServerOptions& options,
                              const Limits& limits);

  // Null if the source is none. Each occurrence of an address in the sources is one of its own:
  // they are given in their order.
  ServerSource* get(const std::string& source);
  bool empty() const { return servers_.empty(); }

 private:
  struct Server {
    std::string address;
    bool is_given = false;
    std::unique_ptr<ServerSource> source;
  };
  std::vector<Server> servers_;
};

}  // namespace rdbproof
