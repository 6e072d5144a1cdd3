// Which processes hold the data that an address names.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/live/live_options.h"
#include "engine/live/server_info.h"

namespace rdbproof {

using SlotRange = std::pair<uint16_t, uint16_t>;  // first and last

struct Shard {
  Endpoint primary;
  std::vector<Endpoint> replicas;
  std::vector<SlotRange> slots;  // of a cluster
  // The one of them that is read.
  Endpoint read_from;
  bool is_replica = false;

  bool owns(uint16_t slot) const;
};

// Reads what CLUSTER SLOTS answered `asked`; addresses are mapped.
Result<std::vector<Shard>> parse_cluster_slots(const Reply& reply, const Endpoint& asked,
                                               const LiveOptions& options);
// The shards of the cluster that `connection` is to a node of: all that hold its data, with the
// process of each that the options want to be read.
Async<std::vector<Shard>> ask_cluster(ServerConnection& connection, const LiveOptions& options);
// Slots that a primary is giving to another shard, or getting from one: their keys are in two
// places. Of what CLUSTER NODES answers.
std::vector<uint16_t> parse_open_slots(Bytes nodes);
Async<std::vector<uint16_t>> ask_open_slots(ServerConnection& primary);

// What holds the data of the address. Sentinels are asked for a replica that is up, unless the
// options allow the primary or there is none.
Async<std::vector<Shard>> find_shards(const ServerAddress& address, const LiveOptions& options,
                                      boost::asio::any_io_executor executor,
                                      boost::asio::ssl::context* tls);

// The address under which an announced one can be reached.
Endpoint reachable(const Endpoint& announced, const LiveOptions& options);

}  // namespace rdbproof
