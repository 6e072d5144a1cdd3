#include "engine/live/topology.h"

#include <algorithm>
#include <charconv>

#include "engine/hash/crc16.h"

namespace rdbproof {
namespace {

constexpr size_t kMostShards = 1000;

tl::unexpected<Error> not_understood(const Endpoint& asked, const char* what) {
  return fail(asked.text() + ": " + what + " was not understood");
}

// [address, port, id, ...]; an empty address is that of the node that was asked.
std::optional<Endpoint> parse_node(const Reply& node, const Endpoint& asked) {
  if (node.items.size() < 2 || node.items[1].kind != Reply::Kind::kInteger) return std::nullopt;
  const int64_t port = node.items[1].integer;
  if (port <= 0 || port > UINT16_MAX) return std::nullopt;
  const std::string& host = node.items[0].text;
  return Endpoint{host.empty() || host == "?" ? asked.host : host, static_cast<uint16_t>(port), {}};
}

// The value behind `name` in a flat list of names and values.
std::string field(const Reply& list, std::string_view name) {
  for (size_t i = 0; i + 1 < list.items.size(); i += 2) {
    if (list.items[i].text == name) return list.items[i + 1].text;
  }
  return {};
}

std::optional<Endpoint> endpoint_of(const std::string& host, const std::string& port) {
  Endpoint endpoint{host, 0, {}};
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
  const bool is_number = error == std::errc() && end == port.data() + port.size();
  if (!is_number || endpoint.port == 0 || host.empty()) return std::nullopt;
  return endpoint;
}

// Of what SENTINEL REPLICAS answered.
std::vector<Endpoint> replicas_in_use(const Reply& reply, const LiveOptions& options) {
  std::vector<Endpoint> replicas;
  for (const Reply& replica : reply.items) {
    const std::string flags = field(replica, "flags");
    const bool is_down =
        flags.find("down") != std::string::npos || flags.find("disconnected") != std::string::npos;
    const auto endpoint = endpoint_of(field(replica, "ip"), field(replica, "port"));
    if (is_down || !endpoint || field(replica, "master-link-status") == "err") continue;
    replicas.push_back(reachable(*endpoint, options));
  }
  return replicas;
}

Async<Shard> ask_sentinel(ServerConnection& sentinel, const std::string& master,
                          const LiveOptions& options) {
  const Result<void> opened = co_await sentinel.open_once();
  if (!opened) co_return tl::unexpected(opened.error());
  const Result<Reply> primary =
      co_await sentinel.call(make_command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", master));
  if (!primary) co_return tl::unexpected(primary.error());
  if (primary->items.size() != 2) {
    co_return fail(sentinel.endpoint().text() + ": this sentinel knows no master of that name");
  }
  const auto endpoint = endpoint_of(primary->items[0].text, primary->items[1].text);
  if (!endpoint) co_return not_understood(sentinel.endpoint(), "the master's address");
  Shard shard;
  shard.primary = shard.read_from = reachable(*endpoint, options);
  const Result<Reply> replicas =
      co_await sentinel.call(make_command("SENTINEL", "REPLICAS", master));
  if (replicas) shard.replicas = replicas_in_use(*replicas, options);
  if (!shard.replicas.empty() && !options.allow_primary) {
    shard.read_from = shard.replicas.front();
    shard.is_replica = true;
  }
  co_return shard;
}

Async<Shard> ask_sentinels(const ServerAddress& address, const LiveOptions& options,
                           boost::asio::any_io_executor executor, boost::asio::ssl::context* tls) {
  // Many sentinels have no password where their servers have one.
  ConnectionOptions without_password = options.connection;
  without_password.password = nullptr;
  without_password.user.clear();
  Result<Shard> found = fail("no sentinel was named");
  for (const Endpoint& endpoint : address.endpoints) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      const ConnectionOptions& how = attempt == 0 ? without_password : options.connection;
      ServerConnection sentinel(executor, endpoint, how, tls);
      found = co_await ask_sentinel(sentinel, address.master, options);
      if (found) co_return found;
      if (!sentinel.wants_login()) break;
    }
  }
  co_return found;
}

unsigned slots_without_shard(const std::vector<Shard>& shards) {
  std::vector<bool> is_served(kClusterSlots);
  for (const Shard& shard : shards) {
    for (const auto& [first, last] : shard.slots) {
      std::fill(is_served.begin() + first, is_served.begin() + last + 1, true);
    }
  }
  return static_cast<unsigned>(std::ranges::count(is_served, false));
}

Result<void> choose_replicas(std::vector<Shard>& shards) {
  for (Shard& shard : shards) {
    if (shard.replicas.empty()) {
      return fail("the primary " + shard.primary.text() + " of this cluster has no replica",
                  "leave out --from-replicas");
    }
    shard.read_from = shard.replicas.front();
    shard.is_replica = true;
  }
  return {};
}

}  // namespace

bool Shard::owns(uint16_t slot) const {
  return std::ranges::any_of(slots, [slot](const SlotRange& range) {
    return range.first <= slot && slot <= range.second;
  });
}

Endpoint reachable(const Endpoint& announced, const LiveOptions& options) {
  const auto found = options.address_map.find(announced);
  return found == options.address_map.end() ? announced : found->second;
}

Result<std::vector<Shard>> parse_cluster_slots(const Reply& reply, const Endpoint& asked,
                                               const LiveOptions& options) {
  constexpr const char* kWhat = "the list of the cluster's slots";
  std::vector<Shard> shards;
  size_t ranges = 0;
  if (reply.kind != Reply::Kind::kArray) return not_understood(asked, kWhat);
  for (const Reply& range : reply.items) {
    if (range.items.size() < 3 || ++ranges > kClusterSlots ||
        range.items[0].kind != Reply::Kind::kInteger ||
        range.items[1].kind != Reply::Kind::kInteger) {
      return not_understood(asked, kWhat);
    }
    const int64_t first = range.items[0].integer;
    const int64_t last = range.items[1].integer;
    const auto primary = parse_node(range.items[2], asked);
    if (first < 0 || last < first || last >= kClusterSlots || !primary)
      return not_understood(asked, kWhat);
    const Endpoint at = reachable(*primary, options);
    auto shard = std::ranges::find(shards, at, &Shard::primary);
    if (shard == shards.end()) {
      if (shards.size() == kMostShards) return not_understood(asked, kWhat);
      shards.push_back({at, {}, {}, at, false});
      shard = shards.end() - 1;
      for (size_t i = 3; i < range.items.size(); ++i) {
        if (const auto replica = parse_node(range.items[i], asked)) {
          shard->replicas.push_back(reachable(*replica, options));
        }
      }
    }
    shard->slots.emplace_back(static_cast<uint16_t>(first), static_cast<uint16_t>(last));
  }
  return shards;
}

Async<std::vector<Shard>> ask_cluster(ServerConnection& connection, const LiveOptions& options) {
  const Result<Reply> reply = co_await connection.call(make_command("CLUSTER", "SLOTS"));
  if (!reply) co_return tl::unexpected(reply.error());
  Result<std::vector<Shard>> shards = parse_cluster_slots(*reply, connection.endpoint(), options);
  if (!shards) co_return shards;
  const unsigned without = slots_without_shard(*shards);
  if (without != 0) {
    co_return fail(
        "nobody serves " + std::to_string(without) + " of the 16384 slots of this cluster",
        "what is in them cannot be read: see CLUSTER INFO");
  }
  if (options.from_replicas) {
    const Result<void> chosen = choose_replicas(*shards);
    if (!chosen) co_return tl::unexpected(chosen.error());
  }
  co_return shards;
}

// In the line of the node itself: [93->-node] and [77-<-node].
std::vector<uint16_t> parse_open_slots(Bytes nodes) {
  std::vector<uint16_t> slots;
  size_t at = 0;
  while ((at = nodes.find('[', at)) != Bytes::npos) {
    const size_t begin = ++at;
    uint16_t slot = 0;
    const auto [end, error] =
        std::from_chars(nodes.data() + begin, nodes.data() + nodes.size(), slot);
    const Bytes rest = nodes.substr(static_cast<size_t>(end - nodes.data()));
    const bool is_open = rest.starts_with("->-") || rest.starts_with("-<-");
    if (error == std::errc() && is_open && slot < kClusterSlots) slots.push_back(slot);
  }
  return slots;
}

Async<std::vector<uint16_t>> ask_open_slots(ServerConnection& primary) {
  const Result<Reply> reply = co_await primary.call(make_command("CLUSTER", "NODES"));
  if (!reply) co_return tl::unexpected(reply.error());
  co_return parse_open_slots(reply->text);
}

Async<std::vector<Shard>> find_shards(const ServerAddress& address, const LiveOptions& options,
                                      boost::asio::any_io_executor executor,
                                      boost::asio::ssl::context* tls) {
  const Endpoint& first = address.endpoints.front();
  switch (address.kind) {
    case ServerAddress::Kind::kServer:
      co_return std::vector<Shard>{{first, {}, {}, first, false}};
    case ServerAddress::Kind::kSentinel: {
      const Result<Shard> shard = co_await ask_sentinels(address, options, executor, tls);
      if (!shard) co_return tl::unexpected(shard.error());
      co_return std::vector<Shard>{*shard};
    }
    case ServerAddress::Kind::kCluster:
      break;
  }
  ServerConnection connection(executor, first, options.connection, tls);
  const Result<void> opened = co_await connection.open_once();
  if (!opened) co_return tl::unexpected(opened.error());
  co_return co_await ask_cluster(connection, options);
}

}  // namespace rdbproof
