#include "engine/live/server_info.h"

#include <charconv>
#include <string_view>

namespace rdbproof {
namespace {

// A server may say what it likes: no more of it than of these is kept.
constexpr size_t kMostReplicas = 64;
constexpr size_t kMostDatabases = 20'000;
constexpr size_t kLongestVersion = 32;
constexpr uint64_t kMostSeconds = uint64_t{1} << 40;  // since 1970: a clock that says so is broken

uint64_t number_in(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The value of `name=` in "ip=10.0.0.1,port=6379".
std::string_view part_of(std::string_view text, std::string_view name) {
  const std::string wanted = std::string(name) + "=";
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find(',', at), text.size());
    const std::string_view part = text.substr(at, end - at);
    if (part.starts_with(wanted)) return part.substr(wanted.size());
    at = end + 1;
  }
  return {};
}

void read_field(std::string_view name, std::string_view value, ServerInfo& info) {
  if (name == "redis_version" && info.version.empty())
    info.version = value.substr(0, kLongestVersion);
  if (name == "valkey_version" || name == "dragonfly_version") {
    info.product = name == "valkey_version" ? "valkey" : "dragonfly";
    info.version = value.substr(0, kLongestVersion);
    if (info.version.starts_with("df-v")) info.version.erase(0, 4);
  }
  // Proxies hide it by zeros.
  const bool is_id = value.find_first_not_of('0') != std::string_view::npos;
  if (name == "run_id" && is_id) info.run_id = value.substr(0, 64);
  if (name == "mvcc_depth" || name == "server_threads") info.product = "keydb";
  if (name == "role") info.is_replica = value == "slave" || value == "replica";
  if (name == "master_link_status") info.is_link_up = value == "up";
  if (name == "cluster_enabled" || name == "redis_mode") {
    info.is_cluster |= value == "1" || value == "cluster";
  }
  if (name == "loading") info.is_loading = value == "1";
  if (name.starts_with("slave") && name.size() > 5 && name[5] >= '0' && name[5] <= '9' &&
      info.replicas.size() < kMostReplicas) {
    info.replicas.push_back(std::string(part_of(value, "ip")) + ":" +
                            std::string(part_of(value, "port")));
  }
  if (name.starts_with("db") && name.size() > 2) {
    const std::string_view keys = part_of(value, "keys");
    if (keys.empty()) return;
    info.has_keyspace = true;
    info.too_many_databases = info.too_many_databases || info.keys.size() == kMostDatabases;
    if (!info.too_many_databases) info.keys[number_in(name.substr(2))] = number_in(keys);
  }
}

}  // namespace

unsigned ServerInfo::version_number() const {
  const auto major = static_cast<unsigned>(number_in(version));
  const size_t dot = version.find('.');
  const auto minor =
      dot == std::string::npos
          ? 0u
          : static_cast<unsigned>(number_in(std::string_view(version).substr(dot + 1)));
  return (major << 8) + minor;
}

ServerInfo parse_info(Bytes text) {
  ServerInfo info;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    Bytes line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line == "# Keyspace") info.has_keyspace = true;
    const size_t colon = line.find(':');
    if (colon != Bytes::npos) read_field(line.substr(0, colon), line.substr(colon + 1), info);
  }
  return info;
}

std::optional<int64_t> parse_time(const Reply& reply) {
  if (reply.items.size() != 2) return std::nullopt;
  const uint64_t seconds = number_in(reply.items[0].text);
  const uint64_t microseconds = number_in(reply.items[1].text);
  if (seconds == 0 || seconds > kMostSeconds || microseconds > 1'000'000) return std::nullopt;
  return static_cast<int64_t>(seconds * 1000 + microseconds / 1000);
}

Async<ServerInfo> ask_info(ServerConnection& connection) {
  const Result<Reply> reply = co_await connection.call(make_command("INFO"));
  if (!reply) co_return tl::unexpected(reply.error());
  ServerInfo info = parse_info(reply->text);
  if (info.is_loading) {
    co_return fail(connection.endpoint().text() + ": the server is loading its data",
                   "wait until it has, then try again");
  }
  if (info.too_many_databases) {
    co_return fail(connection.endpoint().text() + ": more than " + std::to_string(kMostDatabases) +
                   " databases hold keys");
  }
  co_return info;
}

}  // namespace rdbproof
