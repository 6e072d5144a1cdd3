// Where a server is, as the user writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/result.h"

namespace rdbproof {

// One process that listens.
struct Endpoint {
  std::string host;  // name or address; IPv6 without brackets
  uint16_t port = 0;
  std::string socket_path;  // instead, if not empty

  // "localhost:6379", "[::1]:6379", "/run/redis.sock"; safe to show.
  std::string text() const;
  auto operator<=>(const Endpoint&) const = default;
};

struct ServerAddress {
  enum class Kind : uint8_t { kServer, kCluster, kSentinel };

  Kind kind = Kind::kServer;
  std::vector<Endpoint> endpoints;  // one, but of sentinels any number
  std::string master;               // that the sentinels know
  bool tls = false;
  std::string user;                  // empty: the default one
  std::optional<uint64_t> database;  // absent: all of them

  bool is_cluster() const { return kind == Kind::kCluster; }
};

inline constexpr uint16_t kServerPort = 6379;
inline constexpr uint16_t kSentinelPort = 26379;

// Whether `text` begins with one of the schemes below.
bool is_server_address(const std::string& text);

//   redis://[USER@]HOST[:PORT][/DATABASE][?cluster]    rediss:// the same with TLS
//   unix:///PATH[?db=N]
//   redis+sentinel://[USER@]HOST[:PORT][,HOST[:PORT]...]/MASTER[/DATABASE]    rediss+sentinel://
// Users and paths may hold %XX. A password is refused: it would be seen by all users of the
// machine.
Result<ServerAddress> parse_address(const std::string& text);

// HOST:PORT, [IPV6]:PORT, HOST.
Result<Endpoint> parse_endpoint(const std::string& text, uint16_t default_port);

}  // namespace rdbproof
