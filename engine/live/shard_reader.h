// Reads the keys of one server process.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/live/read_state.h"
#include "engine/live/server_info.h"
#include "engine/live/topology.h"

namespace rdbproof {

// A key as it was found.
struct FoundKey {
  enum class Kind : uint8_t { kRecord, kGone, kMoved, kUnreadable };
  Kind kind = Kind::kGone;
  std::string text{};  // the record, or why it cannot be read
};

class ShardReader {
 public:
  // All must outlive the reader; `tls` may be null.
  ShardReader(boost::asio::any_io_executor executor, Shard shard, bool is_in_cluster,
              const LiveOptions& options, boost::asio::ssl::context* tls);

  // Connects and asks what the server is and lets us do.
  Async<void> open();
  const Shard& shard() const { return shard_; }
  const ServerInfo& info() const { return info_; }
  ServerConnection& connection() { return connection_; }
  // What DUMP answers, of some key that is there; absent if there is none, or DUMP is not to be
  // had.
  const std::optional<std::string>& sample() const { return sample_; }
  bool has_dump() const { return has_dump_; }
  bool has_exact_expiry() const { return has_pexpiretime_; }

  // All keys of a database, or of these slots only, to the state's queue.
  using WantsKey = std::function<bool(const std::string& name)>;
  Async<void> read_database(uint64_t database, ReadState& state, const WantsKey& wants);
  // These keys as they are now, in their order.
  Async<std::vector<FoundKey>> fetch(uint64_t database, std::span<const std::string> names,
                                     const ReadState& state);

 private:
  struct Scan;

  Async<void> probe();
  Async<void> probe_commands(const std::string& key);
  Async<void> select(uint64_t database);
  Async<bool> connect_again(ReadState& state, const Error& lost);
  Async<void> take_round(Scan& scan, ReadState& state, const WantsKey& wants);
  Async<std::vector<Reply>> call_in(uint64_t database, std::span<const Command> commands);
  Async<void> emit(uint64_t database, const std::string& name, FoundKey found, ReadState& state,
                   std::string& records);
  void add_key_commands(const std::string& name, std::vector<Command>& commands) const;
  FoundKey read_answers(const std::string& name, const Reply& expiry, const Reply& value,
                        const ReadState& state, std::optional<Error>& error) const;
  Async<FoundKey> read_in_pages(uint64_t database, const std::string& name, const ReadState& state);
  std::optional<std::optional<int64_t>> expiry_of(const Reply& reply) const;
  Error explain(const Reply& reply, const Command& command) const;

  boost::asio::any_io_executor executor_;
  Shard shard_;
  bool is_in_cluster_;
  const LiveOptions& options_;
  ServerConnection connection_;
  ServerInfo info_;
  std::optional<uint64_t> selected_;
  std::optional<std::string> sample_;
  bool has_dump_ = true;
  bool has_pexpiretime_ = true;
  bool has_memory_usage_ = true;
};

}  // namespace rdbproof
