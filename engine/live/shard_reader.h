// Reads the keys of one server process.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/live/key_commands.h"
#include "engine/live/probe.h"
#include "engine/live/read_state.h"
#include "engine/live/server_info.h"
#include "engine/live/topology.h"

namespace rdbproof {

inline constexpr unsigned kMostReconnections = 5;  // in a row

class ShardReader {
 public:
  // All must outlive the reader; `tls` may be null.
  ShardReader(boost::asio::any_io_executor executor, Shard shard, bool is_in_cluster,
              const LiveOptions& options, boost::asio::ssl::context* tls);

  // Connects and asks what the server is.
  Async<void> open();
  // And what it lets us do with its keys. After open().
  Async<void> probe();
  const Shard& shard() const { return shard_; }
  const ServerInfo& info() const { return info_; }
  ServerConnection& connection() { return connection_; }
  // That of its Probe.
  const std::optional<std::string>& sample() const { return sample_; }
  bool has_dump() const { return commands_.has_dump; }
  bool has_exact_expiry() const { return commands_.has_pexpiretime; }

  // All keys of a database, or of these slots only, to the state's queue.
  using WantsKey = std::function<bool(const std::string& name)>;
  Async<void> read_database(uint64_t database, ReadState& state, const WantsKey& wants);
  // With attempts and pauses. What is asked below wants it to be open.
  Async<void> connect_if_lost();
  // Of its clock, in ms; absent if it does not let us ask.
  Async<std::optional<int64_t>> time();
  // Of these keys, in bytes of the server's memory: about what a record takes. A guess where the
  // server does not say.
  Async<std::vector<uint64_t>> sizes(uint64_t database, std::span<const std::string> names);
  // These keys as they are now, in their order; `sizes` are theirs.
  Async<std::vector<FoundKey>> fetch(uint64_t database, std::span<const std::string> names,
                                     std::span<const uint64_t> sizes, ReadState& state);

 private:
  struct Scan;
  static constexpr uint64_t kFirstGuess = uint64_t{1} << 20;
  static constexpr uint64_t kLeastGuess = uint64_t{4} << 10;
  static constexpr size_t kMostValues = 4096;

  bool reads_by_type() const {
    return !commands_.has_dump || options_.method == ReadMethod::kTyped;
  }
  bool is_large(uint64_t size) const { return reads_by_type() || size > options_.max_value_bytes; }
  void note_sizes(size_t values, uint64_t bytes);
  Async<void> keep_pace(ReadState& state, uint64_t keys, uint64_t bytes_before);
  Async<void> get_to_know();
  Async<void> select(uint64_t database);
  Async<bool> connect_again(ReadState& state, const Error& lost);
  Async<uint64_t> take_step(Scan& scan, ReadState& state, const WantsKey& wants);
  Async<uint64_t> take_large(Scan& scan, ReadState& state);
  Async<uint64_t> take_round(Scan& scan, ReadState& state, const WantsKey& wants);
  void add_size_commands(std::span<const std::string> names, std::vector<Command>& commands) const;
  void take_sizes(Scan& scan, std::span<const Reply> answers) const;
  Async<void> take_values(Scan& scan, size_t count, std::span<const Reply> answers,
                          ReadState& state);
  Result<void> take_names(Scan& scan, Reply& answer, const Command& command, ReadState& state,
                          const WantsKey& wants) const;
  Async<std::vector<Reply>> call_in(uint64_t database, std::span<const Command> commands);
  Async<std::vector<Reply>> ask_keys(uint64_t database, std::vector<Command> commands);
  bool ask_for_less(Scan& scan);
  Async<void> emit(uint64_t database, const std::string& name, FoundKey found, ReadState& state,
                   std::string& records);
  Async<FoundKey> read_in_pages(uint64_t database, const std::string& name, const ReadState& state);
  Error explain(const Reply& reply, const Command& command) const;

  boost::asio::any_io_executor executor_;
  Shard shard_;
  bool is_in_cluster_;
  const LiveOptions& options_;
  ServerConnection connection_;
  ServerInfo info_;
  std::optional<uint64_t> selected_;
  std::optional<std::string> sample_;
  KeyCommands commands_;
  uint64_t guessed_size_ = kFirstGuess;  // of a value, where the server does not say
  size_t most_values_ = kMostValues;     // that are asked for at a time
};

}  // namespace rdbproof
