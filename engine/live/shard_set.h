// The servers that hold a data set: one, or the shards of a cluster.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/live/read_state.h"
#include "engine/live/shard_reader.h"
#include "engine/resp/address.h"

namespace rdbproof {

class ShardSet {
 public:
  // All must outlive the set; `tls` may be null.
  ShardSet(boost::asio::any_io_executor executor, const ServerAddress& address,
           const LiveOptions& options, boost::asio::ssl::context* tls);

  // Finds the servers and connects to them. Fails if that would burden a primary which has
  // replicas, unless the options allow it.
  Async<void> connect();
  const std::vector<std::unique_ptr<ShardReader>>& readers() const { return readers_; }
  // Functions and the clock are asked of this one: all are to have the same.
  ShardReader& first() { return *readers_.front(); }

  // After all was read: slots that another shard has by now, and keys that were on their way.
  Async<void> read_moved(ReadState& state);
  // The first of these keys of one database, one at least: as many as memory should be taken for.
  Async<std::vector<FoundKey>> fetch(uint64_t database, std::vector<std::string> names,
                                     ReadState& state);

 private:
  Async<void> open(std::vector<Shard> shards);
  Result<void> expect_gentle() const;
  Async<uint64_t> read_moved_slots(const Shard& shard, ReadState& state);
  Async<void> read_moved_keys(ReadState& state);
  // The places of the keys among `names` that the reader's shard has.
  std::vector<size_t> places_in(const ShardReader& reader,
                                std::span<const std::string> names) const;
  Async<std::vector<uint64_t>> sizes(uint64_t database, std::span<const std::string> names);

  boost::asio::any_io_executor executor_;
  const ServerAddress& address_;
  const LiveOptions& options_;
  boost::asio::ssl::context* tls_;
  std::vector<std::unique_ptr<ShardReader>> readers_;
};

}  // namespace rdbproof
