#include "engine/live/shard_reader.h"

#include <algorithm>
#include <boost/asio.hpp>

#include "engine/base/text.h"
#include "engine/live/typed_reader.h"

namespace rdbproof {
namespace {

namespace asio = boost::asio;

constexpr size_t kChunkBytes = size_t{256} << 10;
constexpr unsigned kMostReconnections = 5;  // in a row
// Of SCAN without a key that is new. Tables that held many more keys have long empty stretches.
constexpr uint64_t kMostRoundsInVain = 10'000'000;

}  // namespace

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
  const Result<void> known = co_await get_to_know();
  if (!known) co_return known;
  co_return co_await probe();
}

// What has to be done on each new connection.
Async<void> ShardReader::get_to_know() {
  Result<ServerInfo> info = co_await ask_info(connection_);
  if (!info) co_return tl::unexpected(info.error());
  info_ = std::move(*info);
  if (is_in_cluster_ && shard_.is_replica) {
    const Result<Reply> reply = co_await connection_.call(make_command("READONLY"));
    if (!reply) co_return tl::unexpected(reply.error());
  }
  co_return Result<void>();
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
        if (!probed || sample_ || !commands_.has_dump) co_return probed;
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
  commands_.has_pexpiretime = !(*replies)[0].is_error();
  commands_.has_memory_usage = !(*replies)[2].is_error();
  const Reply& ttl = (*replies)[1];
  if (!commands_.has_pexpiretime && ttl.is_error())
    co_return tl::unexpected(explain(ttl, commands[1]));
  const Reply& dump = (*replies)[3];
  commands_.has_dump = !is_unavailable(dump);
  if (!commands_.has_dump && options_.method == ReadMethod::kScan) {
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
  const Result<void> known = co_await get_to_know();
  if (!known) co_return tl::unexpected(known.error());
  co_return info_.run_id == before;
}

Async<FoundKey> ShardReader::read_in_pages(uint64_t database, const std::string& name,
                                           const ReadState& state) {
  using enum FoundKey::Kind;
  std::vector<Command> commands;
  commands.push_back(make_command("TYPE", name));
  commands.push_back(commands_.expiry(name));
  const Result<std::vector<Reply>> replies = co_await call_in(database, commands);
  if (!replies) co_return tl::unexpected(replies.error());
  const Reply& type = (*replies)[0];
  const Reply& expiry = (*replies)[1];
  if (is_redirection(type) || is_redirection(expiry)) co_return FoundKey{kMoved};
  for (size_t i = 0; i < commands.size(); ++i) {
    if ((*replies)[i].is_error()) co_return tl::unexpected(explain((*replies)[i], commands[i]));
  }
  const auto expire_at_ms = commands_.expiry_of(expiry);
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
  co_return make_record(state.file, name, *expire_at_ms, **body);
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

std::vector<Command> ShardReader::commands_of(const Scan& scan) const {
  std::vector<Command> commands;
  if (!scan.is_over) {
    commands.push_back(
        make_command("SCAN", scan.cursor, "COUNT", std::to_string(options_.keys_at_a_time)));
  }
  if (asks_sizes()) {
    for (const std::string& name : scan.named)
      commands.push_back(make_command("MEMORY", "USAGE", name));
  }
  for (const std::string& name : scan.sized) commands_.ask(name, commands);
  return commands;
}

Async<void> ShardReader::take_round(Scan& scan, ReadState& state, const WantsKey& wants) {
  const std::vector<Command> commands = commands_of(scan);
  const bool scans = !scan.is_over;
  const uint64_t bytes_before = connection_.bytes_in();
  Result<std::vector<Reply>> replies = co_await call_in(scan.database, commands);
  if (!replies) co_return tl::unexpected(replies.error());

  std::span<const Reply> answers = std::span(*replies).subspan(scans ? 1 : 0);
  const std::vector<std::string> asked = std::move(scan.sized);
  answers = answers.subspan(take_sizes(scan, answers));
  const Result<void> taken = co_await take_values(scan, asked, answers, state);
  if (!taken) co_return taken;
  if (scans) {
    const Result<void> named = take_names(scan, replies->front(), commands.front(), state, wants);
    if (!named) co_return named;
  }
  const auto pause = state.pace.pause_after(asked.size(), connection_.bytes_in() - bytes_before,
                                            std::chrono::steady_clock::now());
  if (pause > std::chrono::milliseconds(0)) {
    asio::steady_timer timer(executor_, pause);
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_return Result<void>();
}

// How many of the answers were about sizes.
size_t ShardReader::take_sizes(Scan& scan, std::span<const Reply> answers) const {
  const size_t count = asks_sizes() ? scan.named.size() : 0;
  scan.sized.clear();
  for (size_t i = 0; i < scan.named.size(); ++i) {
    const bool in_pages = reads_by_type() || (count != 0 && is_large(answers[i], options_));
    (in_pages ? scan.large : scan.sized).push_back(std::move(scan.named[i]));
  }
  scan.named.clear();
  return count;
}

Async<void> ShardReader::take_values(Scan& scan, std::span<const std::string> names,
                                     std::span<const Reply> answers, ReadState& state) {
  for (size_t i = 0; i < names.size(); ++i) {
    KeyCommands::Answer answer =
        commands_.read(names[i], answers[2 * i], answers[2 * i + 1], state.file);
    if (answer.refused) {
      co_return tl::unexpected(explain(*answer.refused, answer.refused_command));
    }
    const Result<void> emitted =
        co_await emit(scan.database, names[i], std::move(answer.key), state, scan.records);
    if (!emitted) co_return emitted;
  }
  co_return Result<void>();
}

Result<void> ShardReader::take_names(Scan& scan, Reply& answer, const Command& command,
                                     ReadState& state, const WantsKey& wants) const {
  if (answer.is_error()) return tl::unexpected(explain(answer, command));
  if (answer.items.size() != 2) {
    return fail(shard_.read_from.text() + ": the answer to SCAN was not understood");
  }
  scan.cursor = answer.items[0].text;
  scan.is_over = scan.cursor == "0";
  for (Reply& key : answer.items[1].items) {
    if (wants && !wants(key.text)) continue;
    if (state.is_new(scan.database, key.text)) scan.named.push_back(std::move(key.text));
  }
  scan.rounds_in_vain = scan.named.empty() ? scan.rounds_in_vain + 1 : 0;
  if (scan.rounds_in_vain > kMostRoundsInVain) {
    return fail(shard_.read_from.text() + ": SCAN does not come to an end");
  }
  return {};
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
  std::vector<bool> in_pages(names.size(), reads_by_type());
  std::vector<Command> commands;
  if (asks_sizes()) {
    for (const std::string& name : names) commands.push_back(make_command("MEMORY", "USAGE", name));
    const Result<std::vector<Reply>> sizes = co_await call_in(database, commands);
    if (!sizes) co_return tl::unexpected(sizes.error());
    for (size_t i = 0; i < names.size(); ++i) in_pages[i] = is_large((*sizes)[i], options_);
    commands.clear();
  }
  for (size_t i = 0; i < names.size(); ++i) {
    if (!in_pages[i]) commands_.ask(names[i], commands);
  }
  Result<std::vector<Reply>> replies = co_await call_in(database, commands);
  if (!replies) co_return tl::unexpected(replies.error());
  std::vector<FoundKey> all;
  size_t next = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    if (in_pages[i]) {
      Result<FoundKey> found = co_await read_in_pages(database, names[i], state);
      if (!found) co_return tl::unexpected(found.error());
      all.push_back(std::move(*found));
      continue;
    }
    KeyCommands::Answer answer =
        commands_.read(names[i], (*replies)[next], (*replies)[next + 1], state.file);
    if (answer.refused) {
      co_return tl::unexpected(explain(*answer.refused, answer.refused_command));
    }
    all.push_back(std::move(answer.key));
    next += 2;
  }
  co_return all;
}

}  // namespace rdbproof
