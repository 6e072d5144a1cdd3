#include "tools/servers.h"

#include <fmt/format.h>

#include <algorithm>

namespace rdbproof {
namespace {

Result<std::map<Endpoint, Endpoint>> parse_address_map(const std::vector<std::string>& entries) {
  std::map<Endpoint, Endpoint> map;
  for (const std::string& entry : entries) {
    const size_t equals = entry.find('=');
    if (equals == std::string::npos) {
      return fail("--address-map wants ANNOUNCED=REACHABLE, as in 10.0.0.5:6379=localhost:7001");
    }
    TRY(Endpoint announced, parse_endpoint(entry.substr(0, equals), kServerPort));
    TRY(Endpoint reachable, parse_endpoint(entry.substr(equals + 1), kServerPort));
    map[std::move(announced)] = std::move(reachable);
  }
  return map;
}

Result<LiveOptions> live_options(const ServerOptions& options, const Limits& limits) {
  LiveOptions live;
  live.connection.tls_options = options.tls;
  TRY(live.connection.password, find_password(options.credentials));
  live.connection.reply_timeout = std::chrono::milliseconds(options.timeout_ms);
  live.connection.connect_timeout =
      std::min(live.connection.connect_timeout, live.connection.reply_timeout);
  TRY(live.address_map, parse_address_map(options.address_map));
  if (options.method == "scan") live.method = ReadMethod::kScan;
  if (options.method == "typed") live.method = ReadMethod::kTyped;
  if (options.method == "sync") live.method = ReadMethod::kSync;
  live.allow_primary = options.allow_primary;
  live.from_replicas = options.from_replicas;
  live.allow_fork = options.allow_fork;
  live.keys_per_second = options.keys_per_second;
  live.bytes_per_second = options.bytes_per_second;
  live.max_latency = std::chrono::milliseconds(options.max_latency_ms);
  live.max_value_bytes = options.max_value_bytes;
  live.seen_bytes = std::max(live.seen_bytes, limits.max_index_bytes / 8);
  return live;
}

CLI::AsNumberWithUnit milliseconds() {
  return CLI::AsNumberWithUnit(
      std::map<std::string, uint64_t>{{"ms", 1}, {"s", 1000}, {"min", 60'000}},
      CLI::AsNumberWithUnit::CASE_SENSITIVE);
}

}  // namespace

void add_server_options(CLI::App& command, ServerOptions& options) {
  const std::string group = "Live servers";
  const auto add = [&](CLI::Option* option) { return option->group(group); };
  add(command.add_option("--pass-file", options.credentials.pass_file,
                         "File with the password, which only its owner may read (default: the "
                         "environment's REDISCLI_AUTH)"));
  add(command.add_flag("--ask-pass", options.credentials.ask, "Ask for the password"));
  add(command.add_option("--cacert", options.tls.ca_file,
                         "TLS: authority that signed the server's certificate"));
  add(command.add_option("--cert", options.tls.certificate_file, "TLS: certificate to show"));
  add(command.add_option("--key", options.tls.key_file, "TLS: its key"));
  add(command.add_flag("--insecure-tls", options.tls.insecure,
                       "TLS: take any certificate; anybody may then be the server"));
  add(command.add_option(
          "--read-method", options.method,
          "scan: SCAN and DUMP. typed: SCAN and the commands of each type. sync: as a "
          "replica, with --allow-fork (default: scan, or typed where it must be)"))
      ->check(CLI::IsMember({"scan", "typed", "sync"}));
  add(command.add_flag("--allow-primary", options.allow_primary,
                       "Read a primary though it has replicas"));
  add(command.add_flag("--from-replicas", options.from_replicas,
                       "Read a cluster from one replica of each shard"));
  add(command.add_flag("--allow-fork", options.allow_fork,
                       "Let the server fork to write a snapshot"));
  add(command.add_option("--address-map", options.address_map,
                         "ANNOUNCED=REACHABLE: an address that a cluster or sentinel names, and "
                         "where it is; repeatable"))
      ->allow_extra_args(false);
  add(command.add_option("--rate", options.keys_per_second, "Keys a second at most"));
  add(command.add_option("--rate-bytes", options.bytes_per_second, "Bytes a second at most"))
      ->transform(CLI::AsSizeValue(false));
  add(command.add_option("--max-latency", options.max_latency_ms,
                         "Slow down, and then stop, when a PING takes longer: 50ms"))
      ->transform(milliseconds());
  add(command.add_option("--max-value", options.max_value_bytes,
                         "Read larger values in pages (default: 16MB)"))
      ->transform(CLI::AsSizeValue(false));
  add(command.add_option("--timeout", options.timeout_ms,
                         "How long to wait for an answer (default: 60s)"))
      ->transform(milliseconds());
}

Result<Servers> Servers::find(const std::vector<std::string>& sources, const ServerOptions& options,
                              const Limits& limits) {
  Servers servers;
  std::optional<LiveOptions> live;
  for (const std::string& source : sources) {
    if (!is_server_address(source)) continue;
    TRY(ServerAddress address, parse_address(source));
    if (!live) {
      TRY(live, live_options(options, limits));
    }
    if (address.tls && options.tls.insecure) {
      fmt::print(stderr, "rdbproof: warning: --insecure-tls: nobody checks who answers\n");
    }
    servers.servers_.push_back({source, false, make_live_source(std::move(address), *live)});
  }
  return servers;
}

ServerSource* Servers::get(const std::string& source) {
  for (Server& server : servers_) {
    if (server.is_given || server.address != source) continue;
    server.is_given = true;
    return server.source.get();
  }
  return nullptr;
}

}  // namespace rdbproof
