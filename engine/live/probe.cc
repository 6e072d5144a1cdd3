#include "engine/live/probe.h"

namespace rdbproof {
namespace {

constexpr unsigned kMostRounds = 1000;  // of SCAN
constexpr unsigned kMostKeys = 100;
constexpr uint64_t kLargestSample = uint64_t{1} << 20;

class Probing {
 public:
  Probing(ServerConnection& connection, const LiveOptions& options)
      : connection_(connection), options_(options) {}

  Async<Probe> run(const ServerInfo& info) {
    for (const auto& [database, keys] : info.keys) {
      const Result<bool> found = co_await try_database(database);
      if (!found) co_return tl::unexpected(found.error());
      if (*found || keys_tried_ == kMostKeys) break;
    }
    if (keys_tried_ == 0) {
      const Result<void> tried = co_await try_no_key();
      if (!tried) co_return tl::unexpected(tried.error());
    }
    co_return std::move(probe_);
  }

 private:
  // Whether a key told what there is to know.
  Async<bool> try_database(uint64_t database) {
    if (database != 0 || probe_.selected) {
      const Result<Reply> reply =
          co_await connection_.call(make_command("SELECT", std::to_string(database)));
      if (!reply) co_return tl::unexpected(reply.error());
    }
    probe_.selected = database;
    std::string cursor = "0";
    do {
      const Result<Reply> reply =
          co_await connection_.call(make_command("SCAN", cursor, "COUNT", "100"));
      if (!reply) co_return tl::unexpected(reply.error());
      if (reply->items.size() != 2) {
        co_return fail(connection_.endpoint().text() + ": the answer to SCAN was not understood");
      }
      for (const Reply& key : reply->items[1].items) {
        if (keys_tried_ == kMostKeys) co_return false;
        ++keys_tried_;
        const Result<bool> done = co_await try_key(key.text);
        if (!done || *done) co_return done;
      }
      cursor = reply->items[0].text;
    } while (cursor != "0" && ++rounds_ < kMostRounds);
    co_return false;
  }

  // Of a server without keys, to which keys may come, and which is asked for those of another data
  // set. Who may not ask for this one may ask for others.
  Async<void> try_no_key() {
    const Result<bool> tried = co_await try_key("");
    if (!tried && !connection_.is_open()) co_return tl::unexpected(tried.error());
    if (!tried) probe_.commands = {};
    co_return Result<void>();
  }

  Async<bool> try_key(const std::string& key) {
    std::vector<Command> commands;
    commands.push_back(make_command("PEXPIRETIME", key));
    commands.push_back(make_command("PTTL", key));
    commands.push_back(make_command("MEMORY", "USAGE", key));
    const Result<std::vector<Reply>> replies = co_await connection_.call_many(commands);
    if (!replies) co_return tl::unexpected(replies.error());
    const Reply& expiry = (*replies)[0];
    const Reply& ttl = (*replies)[1];
    const Reply& usage = (*replies)[2];
    probe_.commands.has_pexpiretime = !expiry.is_error() || is_redirection(expiry);
    probe_.commands.has_memory_usage = !usage.is_error() || is_redirection(usage);
    if (is_redirection(ttl)) co_return false;
    if (!probe_.commands.has_pexpiretime && ttl.is_error()) {
      co_return tl::unexpected(explain(ttl, commands[1]));
    }
    if (size_of(usage).value_or(0) > kLargestSample) co_return false;
    co_return co_await try_dump(key);
  }

  Async<bool> try_dump(const std::string& key) {
    const Command command = make_command("DUMP", key);
    Result<Reply> dump = co_await connection_.ask(command);
    if (!dump) co_return tl::unexpected(dump.error());
    probe_.commands.has_dump = !is_unavailable(*dump);
    if (!probe_.commands.has_dump && options_.method == ReadMethod::kScan) {
      co_return tl::unexpected(explain(*dump, command));
    }
    if (dump->kind == Reply::Kind::kBulk) probe_.sample = std::move(dump->text);
    co_return probe_.sample || !probe_.commands.has_dump;
  }

  Error explain(const Reply& reply, const Command& command) const {
    return explain_error(reply, command, connection_.endpoint(), options_.connection.user);
  }

  ServerConnection& connection_;
  const LiveOptions& options_;
  Probe probe_;
  unsigned keys_tried_ = 0;
  unsigned rounds_ = 0;
};

}  // namespace

Async<Probe> probe(ServerConnection& connection, const ServerInfo& info,
                   const LiveOptions& options) {
  Probing probing(connection, options);
  co_return co_await probing.run(info);
}

}  // namespace rdbproof
