#include "engine/live/shard_reader.h"

#include <algorithm>
#include <boost/asio.hpp>

#include "engine/base/text.h"
#include "engine/hash/hash128.h"
#include "engine/live/typed_reader.h"
#include "engine/rdb/dump_payload.h"

namespace rdbproof {
namespace {

namespace asio = boost::asio;

constexpr size_t kChunkBytes = size_t{256} << 10;
constexpr size_t kMostUnreadable = 1000;
constexpr unsigned kMostReconnections = 5;  // in a row
// Of SCAN without a key that is new. Tables that held many more keys have long empty stretches.
constexpr uint64_t kMostRoundsInVain = 10'000'000;

int64_t now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

bool is_redirection(const Reply& reply) {
  return reply.is_error("MOVED") || reply.is_error("ASK") || reply.is_error("TRYAGAIN") ||
         reply.is_error("CLUSTERDOWN");
}

// Commands that a server does not know, or does not let us use.
bool is_unavailable(const Reply& reply) {
  return reply.is_error("NOPERM") ||
         (reply.is_error("ERR") && reply.text.find("unknown") != std::string::npos);
}

}  // namespace

void ReadState::add_unreadable(uint64_t database, const std::string& name, std::string why) {
  ++facts.unreadable_total;
  if (facts.unreadable.size() == kMostUnreadable) return;
  facts.unreadable.push_back({database, name, std::move(why)});
}

bool ReadState::is_new(uint64_t database, const std::string& name) {
  const Uint128 hash = hash128(name) + database * 0x9e3779b97f4a7c15;
  switch (seen.add(Mark(hash))) {
    case MarkTable::Answer::kMet:
      ++facts.met_again;
      return false;
    case MarkTable::Answer::kFull:
      all_seen = false;
      return true;
    case MarkTable::Answer::kNew:
      break;
  }
  return true;
}

ShardReader::ShardReader(asio::any_io_executor executor, Shard shard, bool is_in_cluster,
                         const LiveOptions& options, asio::ssl::context* tls)
    : executor_(executor),
      shard_(std::move(shard)),
      is_in_cluster_(is_in_cluster),
      options_(options),
      connection_(executor, shard_.read_from, options.connection, tls) {}

Error ShardReader::explain(const Reply& reply, const Command& command) const {
  return explain_error(reply, command, shard_.read_from, options_.connection.user);
}

Async<void> ShardReader::open() {
  Result<void> opened = co_await connection_.open_once();
  if (!opened) co_return opened;
  selected_.reset();
  Result<ServerInfo> info = co_await ask_info(connection_);
  if (!info) co_return tl::unexpected(info.error());
  info_ = std::move(*info);
  if (is_in_cluster_ && shard_.is_replica) {
    const Result<Reply> reply = co_await connection_.call(make_command("READONLY"));
    if (!reply) co_return tl::unexpected(reply.error());
  }
  co_return co_await probe();
}

// With some key that is there: what we may do with it we may do with others.
Async<void> ShardReader::probe() {
  for (const auto& [database, keys] : info_.keys) {
    const Result<void> selected = co_await select(database);
    if (!selected) co_return selected;
    std::string cursor = "0";
    do {
      const Result<Reply> reply =
          co_await connection_.call(make_command("SCAN", cursor, "COUNT", "100"));
      if (!reply) co_return tl::unexpected(reply.error());
      if (reply->items.size() != 2) {
        co_return fail(shard_.read_from.text() + ": the answer to SCAN was not understood");
      }
      for (const Reply& key : reply->items[1].items) {
        const Result<void> probed = co_await probe_commands(key.text);
        if (!probed || sample_ || !has_dump_) co_return probed;
      }
      cursor = reply->items[0].text;
    } while (cursor != "0");
  }
  co_return Result<void>();
}

Async<void> ShardReader::probe_commands(const std::string& key) {
  std::vector<Command> commands;
  commands.push_back(make_command("PEXPIRETIME", key));
  commands.push_back(make_command("PTTL", key));
  commands.push_back(make_command("MEMORY", "USAGE", key));
  commands.push_back(make_command("DUMP", key));
  Result<std::vector<Reply>> replies = co_await connection_.call_many(commands);
  if (!replies) co_return tl::unexpected(replies.error());
  has_pexpiretime_ = !(*replies)[0].is_error();
  has_memory_usage_ = !(*replies)[2].is_error();
  const Reply& ttl = (*replies)[1];
  if (!has_pexpiretime_ && ttl.is_error()) co_return tl::unexpected(explain(ttl, commands[1]));
  const Reply& dump = (*replies)[3];
  has_dump_ = !is_unavailable(dump);
  if (!has_dump_ && options_.method == ReadMethod::kScan) {
    co_return tl::unexpected(explain(dump, commands[3]));
  }
  if (dump.kind == Reply::Kind::kBulk) sample_ = dump.text;
  co_return Result<void>();
}

Async<void> ShardReader::select(uint64_t database) {
  if (selected_ == database) co_return Result<void>();
  if (database != 0 || selected_) {
    const Result<Reply> reply =
        co_await connection_.call(make_command("SELECT", std::to_string(database)));
    if (!reply) co_return tl::unexpected(reply.error());
  }
  selected_ = database;
  co_return Result<void>();
}

// False: not the process that it was, so that its cursors mean nothing now.
Async<bool> ShardReader::connect_again(ReadState& state, const Error& lost) {
  const std::string before = info_.run_id;
  selected_.reset();
  ++state.facts.reconnections;
  const Result<void> opened = co_await connection_.open();
  if (!opened) {
    co_return fail(lost.message + ", and " + opened.error().message, opened.error().hint);
  }
  Result<ServerInfo> info = co_await ask_info(connection_);
  if (!info) co_return tl::unexpected(info.error());
  info_ = std::move(*info);
  if (is_in_cluster_ && shard_.is_replica) {
    const Result<Reply> reply = co_await connection_.call(make_command("READONLY"));
    if (!reply) co_return tl::unexpected(reply.error());
  }
  co_return info_.run_id == before;
}

void ShardReader::add_key_commands(const std::string& name, std::vector<Command>& commands) const {
  commands.push_back(make_command(has_pexpiretime_ ? "PEXPIRETIME" : "PTTL", name));
  commands.push_back(make_command("DUMP", name));
}

// Absent: the key is gone. In it: absent if it does not expire.
std::optional<std::optional<int64_t>> ShardReader::expiry_of(const Reply& reply) const {
  if (reply.kind != Reply::Kind::kInteger || reply.integer == -2) return std::nullopt;
  if (reply.integer == -1) return std::optional<int64_t>();
  return std::optional<int64_t>(has_pexpiretime_ ? reply.integer : now_ms() + reply.integer);
}

FoundKey ShardReader::read_answers(const std::string& name, const Reply& expiry, const Reply& value,
                                   const ReadState& state, std::optional<Error>& error) const {
  using enum FoundKey::Kind;
  if (is_redirection(expiry) || is_redirection(value)) return {kMoved};
  if (expiry.is_error()) {
    error = explain(expiry, make_command(has_pexpiretime_ ? "PEXPIRETIME" : "PTTL"));
    return {};
  }
  if (value.is_error()) {
    error = explain(value, make_command("DUMP"));
    return {};
  }
  const auto expire_at_ms = expiry_of(expiry);
  if (!expire_at_ms || value.is_null()) return {kGone};
  const auto payload = read_dump_payload(value.text);
  if (!payload || !payload->checksum_matches) {
    return {kUnreadable, "what DUMP answered is damaged"};
  }
  FoundKey found{kRecord};
  if (!append_key_record(found.text, state.file, name, *expire_at_ms, payload->body)) {
    return {kUnreadable, "its value is of a kind that this build cannot read"};
  }
  return found;
}

Async<FoundKey> ShardReader::read_in_pages(uint64_t database, const std::string& name,
                                           const ReadState& state) {
  using enum FoundKey::Kind;
  const Result<void> selected = co_await select(database);
  if (!selected) co_return tl::unexpected(selected.error());
  std::vector<Command> commands;
  commands.push_back(make_command("TYPE", name));
  commands.push_back(make_command(has_pexpiretime_ ? "PEXPIRETIME" : "PTTL", name));
  const Result<std::vector<Reply>> replies = co_await connection_.call_many(commands);
  if (!replies) co_return tl::unexpected(replies.error());
  const Reply& type = (*replies)[0];
  const Reply& expiry = (*replies)[1];
  if (is_redirection(type) || is_redirection(expiry)) co_return FoundKey{kMoved};
  for (size_t i = 0; i < commands.size(); ++i) {
    if ((*replies)[i].is_error()) co_return tl::unexpected(explain((*replies)[i], commands[i]));
  }
  const auto expire_at_ms = expiry_of(expiry);
  if (!expire_at_ms || type.text == "none") co_return FoundKey{kGone};
  TypedOptions how;
  how.is_valkey_format = state.file.valkey_magic;
  how.has_field_expiry = info_.product == "redis" && info_.version_number() >= (7 << 8) + 4;
  Result<std::optional<std::string>> body = co_await read_typed(connection_, name, type.text, how);
  if (!body) {
    // The connection may be lost, which is tried again; anything else is about this key.
    if (!connection_.is_open()) co_return tl::unexpected(body.error());
    co_return FoundKey{kUnreadable, body.error().message};
  }
  if (!*body) co_return FoundKey{kGone};
  FoundKey found{kRecord};
  if (!append_key_record(found.text, state.file, name, *expire_at_ms, **body)) {
    co_return FoundKey{kUnreadable, "its value is of a kind that this build cannot read"};
  }
  co_return found;
}

Async<std::vector<Reply>> ShardReader::call_in(uint64_t database,
                                               std::span<const Command> commands) {
  const Result<void> selected = co_await select(database);
  if (!selected) co_return tl::unexpected(selected.error());
  co_return co_await connection_.call_many(commands);
}

// Three steps in one round trip: the next keys, the sizes of those before, the values of those
// before these.
struct ShardReader::Scan {
  uint64_t database = 0;
  std::string cursor = "0";
  bool is_over = false;
  uint64_t rounds_in_vain = 0;
  std::vector<std::string> named;
  std::vector<std::string> sized;
  std::vector<std::string> large;
  std::string records;

  void restart() {
    cursor = "0";
    is_over = false;
  }
  bool is_done() const { return is_over && named.empty() && sized.empty() && large.empty(); }
};

Async<void> ShardReader::emit(uint64_t database, const std::string& name, FoundKey found,
                              ReadState& state, std::string& records) {
  switch (found.kind) {
    case FoundKey::Kind::kGone:
      ++state.facts.vanished;
      co_return Result<void>();
    case FoundKey::Kind::kMoved:
      state.moved.push_back(name);
      co_return Result<void>();
    case FoundKey::Kind::kUnreadable:
      state.add_unreadable(database, name, std::move(found.text));
      co_return Result<void>();
    case FoundKey::Kind::kRecord:
      break;
  }
  ++state.facts.keys_read;
  records += found.text;
  if (records.size() >= kChunkBytes) {
    const bool is_wanted = co_await state.queue.put(database, std::exchange(records, {}));
    if (!is_wanted) co_return fail("nobody reads any more");
  }
  co_return Result<void>();
}

Async<void> ShardReader::take_round(Scan& scan, ReadState& state, const WantsKey& wants) {
  const bool by_type = !has_dump_ || options_.method == ReadMethod::kTyped;
  std::vector<Command> commands;
  const bool scans = !scan.is_over;
  if (scans) {
    commands.push_back(
        make_command("SCAN", scan.cursor, "COUNT", std::to_string(options_.keys_at_a_time)));
  }
  const bool asks_sizes = has_memory_usage_ && !by_type;
  if (asks_sizes) {
    for (const std::string& name : scan.named)
      commands.push_back(make_command("MEMORY", "USAGE", name));
  }
  for (const std::string& name : scan.sized) add_key_commands(name, commands);
  const uint64_t bytes_before = connection_.bytes_in();
  Result<std::vector<Reply>> replies = co_await call_in(scan.database, commands);
  if (!replies) co_return tl::unexpected(replies.error());

  size_t next = scans ? 1 : 0;
  std::vector<std::string> sized;
  std::vector<std::string> large;
  for (std::string& name : scan.named) {
    const bool is_large =
        by_type || (asks_sizes && (*replies)[next].kind == Reply::Kind::kInteger &&
                    static_cast<uint64_t>((*replies)[next].integer) > options_.max_value_bytes);
    if (asks_sizes) ++next;
    (is_large ? large : sized).push_back(std::move(name));
  }
  for (const std::string& name : scan.sized) {
    std::optional<Error> error;
    FoundKey found = read_answers(name, (*replies)[next], (*replies)[next + 1], state, error);
    if (error) co_return tl::unexpected(*error);
    next += 2;
    const Result<void> emitted =
        co_await emit(scan.database, name, std::move(found), state, scan.records);
    if (!emitted) co_return emitted;
  }
  const uint64_t keys = scan.sized.size();
  scan.sized = std::move(sized);
  std::ranges::move(large, std::back_inserter(scan.large));
  scan.named.clear();
  if (scans) {
    Reply& answer = replies->front();
    if (answer.is_error()) co_return tl::unexpected(explain(answer, commands.front()));
    if (answer.items.size() != 2) {
      co_return fail(shard_.read_from.text() + ": the answer to SCAN was not understood");
    }
    scan.cursor = answer.items[0].text;
    scan.is_over = scan.cursor == "0";
    for (Reply& key : answer.items[1].items) {
      if (wants && !wants(key.text)) continue;
      if (state.is_new(scan.database, key.text)) scan.named.push_back(std::move(key.text));
    }
    scan.rounds_in_vain = scan.named.empty() ? scan.rounds_in_vain + 1 : 0;
    if (scan.rounds_in_vain > kMostRoundsInVain) {
      co_return fail(shard_.read_from.text() + ": SCAN does not come to an end");
    }
  }
  const auto pause = state.pace.pause_after(keys, connection_.bytes_in() - bytes_before,
                                            std::chrono::steady_clock::now());
  if (pause > std::chrono::milliseconds(0)) {
    asio::steady_timer timer(executor_, pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_return Result<void>();
}

Async<void> ShardReader::read_database(uint64_t database, ReadState& state, const WantsKey& wants) {
  Scan scan;
  scan.database = database;
  unsigned failures = 0;
  while (!scan.is_done()) {
    if (state.stop) co_return tl::unexpected(*state.stop);
    Result<void> round;
    if (!scan.large.empty()) {
      const std::string name = scan.large.back();
      Result<FoundKey> found = co_await read_in_pages(database, name, state);
      if (found) {
        ++state.facts.large_values;
        round = co_await emit(database, name, std::move(*found), state, scan.records);
        scan.large.pop_back();
      } else {
        round = tl::unexpected(found.error());
      }
    } else {
      round = co_await take_round(scan, state, wants);
    }
    if (round) {
      failures = 0;
      continue;
    }
    // What the server said on an open connection it will say again.
    if (connection_.is_open() || ++failures > kMostReconnections) co_return round;
    const Result<bool> is_same_process = co_await connect_again(state, round.error());
    if (!is_same_process) co_return tl::unexpected(is_same_process.error());
    if (!*is_same_process) scan.restart();
  }
  if (!scan.records.empty()) co_await state.queue.put(database, std::move(scan.records));
  co_return Result<void>();
}

Async<std::vector<FoundKey>> ShardReader::fetch(uint64_t database,
                                                std::span<const std::string> names,
                                                const ReadState& state) {
  if (!connection_.is_open()) {
    selected_.reset();
    const Result<void> opened = co_await open();
    if (!opened) co_return tl::unexpected(opened.error());
  }
  const bool by_type = !has_dump_ || options_.method == ReadMethod::kTyped;
  std::vector<bool> is_large(names.size(), by_type);
  std::vector<Command> commands;
  if (has_memory_usage_ && !by_type) {
    for (const std::string& name : names) commands.push_back(make_command("MEMORY", "USAGE", name));
    const Result<std::vector<Reply>> sizes = co_await call_in(database, commands);
    if (!sizes) co_return tl::unexpected(sizes.error());
    for (size_t i = 0; i < names.size(); ++i) {
      is_large[i] = (*sizes)[i].kind == Reply::Kind::kInteger &&
                    static_cast<uint64_t>((*sizes)[i].integer) > options_.max_value_bytes;
    }
    commands.clear();
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (!is_large[i]) add_key_commands(names[i], commands);
  }
  Result<std::vector<Reply>> replies = co_await call_in(database, commands);
  if (!replies) co_return tl::unexpected(replies.error());
  std::vector<FoundKey> all;
  size_t next = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    if (is_large[i]) {
      Result<FoundKey> found = co_await read_in_pages(database, names[i], state);
      if (!found) co_return tl::unexpected(found.error());
      all.push_back(std::move(*found));
      continue;
    }
    std::optional<Error> error;
    all.push_back(read_answers(names[i], (*replies)[next], (*replies)[next + 1], state, error));
    if (error) co_return tl::unexpected(*error);
    next += 2;
  }
  co_return all;
}

}  // namespace rdbproof
