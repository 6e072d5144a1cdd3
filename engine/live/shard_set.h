// The servers that hold a data set: one, or the shards of a cluster.
#pragma once

#include <functional>
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

  // Finds the servers, connects to them, and finds out what they let us do. Fails if reading would
  // burden a primary which has replicas, unless the options allow it, and where slots of a cluster
  // are on their way from one shard to another.
  Async<void> connect();
  const std::vector<std::unique_ptr<ShardReader>>& readers() const { return readers_; }
  // Functions are asked of this one: all are to have the same.
  ShardReader& first() { return *readers_.front(); }
  // What the clock of the first says, in ms; absent if it does not let us ask.
  Async<std::optional<int64_t>> time();

  // After all was read: slots that another shard has by now, and keys that were on their way.
  // `wants`: whether a database is read at all.
  using WantsDatabase = std::function<bool(uint64_t database)>;
  Async<void> read_moved(ReadState& state, const WantsDatabase& wants);
  // The first of these keys of one database, one at least: as many as memory should be taken for.
  Async<std::vector<FoundKey>> fetch(uint64_t database, std::vector<std::string> names,
                                     ReadState& state);

 private:
  Async<void> open(std::vector<Shard> shards);
  Result<void> expect_gentle() const;
  using Slots = std::vector<bool>;  // by number
  Async<Slots> open_slots();
  Async<Slots> wait_until_settled();
  Async<std::vector<Shard>> ask_again();
  // Those that the shard has, and had not, or that were on their way.
  Slots moved_to(const Shard& shard, const Slots& were_open) const;
  Async<void> read_slots(const Shard& shard, const Slots& slots, ReadState& state,
                         const WantsDatabase& wants);
  Async<uint64_t> follow_slots(ReadState& state, const WantsDatabase& wants);
  Async<void> read_moved_keys(ReadState& state);
  Async<std::vector<FoundKey>> fetch_all(uint64_t database, std::span<const std::string> names,
                                         std::span<const uint64_t> sizes_of_names,
                                         ReadState& state);
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
