#include "engine/live/shard_reader.h"

#include <algorithm>
#include <boost/asio.hpp>

#include "engine/base/wall_clock.h"
#include "engine/live/typed_reader.h"

namespace rdbproof {
namespace {

namespace asio = boost::asio;

constexpr size_t kChunkBytes = size_t{256} << 10;
// Of values that are asked for at a time, unless one alone has more.
constexpr uint64_t kRoundBytes = uint64_t{32} << 20;
// Of all that may come: servers say how much memory a value takes, which is less exact for large
// ones.
constexpr uint64_t kMostRoundBytes = uint64_t{256} << 20;
// Of SCAN without a key that is new. Tables that held many more keys have long empty stretches.
constexpr uint64_t kMostRoundsInVain = 10'000'000;

// HPEXPIRETIME.
bool has_field_expiry(const ServerInfo& info) {
  return (info.product == "redis" && info.version_number() >= (7 << 8) + 4) ||
         (info.product == "valkey" && info.version_number() >= 9 << 8);
}

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
  co_return co_await get_to_know();
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

Async<void> ShardReader::probe() {
  Result<Probe> found = co_await rdbproof::probe(connection_, info_, options_);
  if (!found) co_return tl::unexpected(found.error());
  commands_ = found->commands;
  sample_ = std::move(found->sample);
  selected_ = found->selected;
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
  // Lost once more.
  if (!known && !connection_.is_open()) co_return false;
  if (!known) co_return tl::unexpected(known.error());
  co_return !before.empty() && info_.run_id == before;
}

Async<FoundKey> ShardReader::read_in_pages(uint64_t database, const std::string& name,
                                           const ReadState& state) {
  using enum FoundKey::Kind;
  std::vector<Command> commands;
  commands.push_back(make_command("TYPE", name));
  commands.push_back(commands_.expiry(name));
  const Result<std::vector<Reply>> replies = co_await ask_keys(database, commands);
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
  how.has_field_expiry = has_field_expiry(info_);
  Result<FoundKey> found = co_await read_typed(connection_, name, type.text, how);
  if (!found || found->kind != kRecord) co_return found;
  co_return make_record(state.file, name, *expire_at_ms, found->text);
}

Async<std::vector<Reply>> ShardReader::call_in(uint64_t database,
                                               std::span<const Command> commands) {
  const Result<void> selected = co_await select(database);
  if (!selected) co_return tl::unexpected(selected.error());
  co_return co_await connection_.call_many(commands, kMostRoundBytes);
}

// With the server's clock, if expiries are told by it.
Async<std::vector<Reply>> ShardReader::ask_keys(uint64_t database, std::vector<Command> commands) {
  if (commands_.has_pexpiretime || commands.empty()) co_return co_await call_in(database, commands);
  commands.push_back(make_command("TIME"));
  Result<std::vector<Reply>> replies = co_await call_in(database, commands);
  if (!replies) co_return replies;
  const Reply& time = replies->back();
  // Refused for now, as while a script runs: expiries by another clock would be other ones.
  if (time.is_error() && !is_unavailable(time)) {
    co_return tl::unexpected(explain(time, commands.back()));
  }
  commands_.now_ms = parse_time(time).value_or(wall_clock_ms());
  replies->pop_back();
  co_return replies;
}

// Three steps in one round trip: the next keys, the sizes of those before, the values of those
// before these. Where the values are so large that some have to wait, nothing else is asked.
struct ShardReader::Scan {
  struct Sized {
    std::string name;
    uint64_t size;
  };

  uint64_t database = 0;
  std::string cursor = "0";
  bool is_over = false;
  uint64_t rounds_in_vain = 0;
  std::vector<std::string> named;
  std::vector<Sized> sized;
  std::vector<std::string> large;
  std::string records;

  void restart() {
    cursor = "0";
    is_over = false;
  }
  bool is_done() const { return is_over && named.empty() && sized.empty() && large.empty(); }
  // How many of the first values are asked for at a time.
  size_t values_of_round(size_t most) const {
    size_t count = 0;
    uint64_t bytes = 0;
    while (count < std::min(most, sized.size()) &&
           (count == 0 || bytes + sized[count].size <= kRoundBytes)) {
      bytes += sized[count++].size;
    }
    return count;
  }
};

Async<void> ShardReader::emit(uint64_t database, const std::string& name, FoundKey found,
                              ReadState& state, std::string& records) {
  switch (found.kind) {
    case FoundKey::Kind::kGone:
      // A replica says the same of keys that are on their way to another shard.
      if (is_in_cluster_ && shard_.is_replica) {
        state.add_moved(database, name);
      } else {
        ++state.facts.vanished;
      }
      co_return Result<void>();
    case FoundKey::Kind::kMoved:
      if (is_in_cluster_) {
        state.add_moved(database, name);
      } else {
        state.add_unreadable(database, name, "another node of the cluster has it");
      }
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

void ShardReader::add_size_commands(std::span<const std::string> names,
                                    std::vector<Command>& commands) const {
  if (!commands_.has_memory_usage) return;
  for (const std::string& name : names) commands.push_back(make_command("MEMORY", "USAGE", name));
}

// The number of keys whose values were asked for.
Async<uint64_t> ShardReader::take_round(Scan& scan, ReadState& state, const WantsKey& wants) {
  const size_t values = scan.values_of_round(most_values_);
  const bool goes_on = values == scan.sized.size();
  const bool scans = goes_on && !scan.is_over;
  std::vector<Command> commands;
  if (scans) {
    commands.push_back(
        make_command("SCAN", scan.cursor, "COUNT", std::to_string(options_.keys_at_a_time)));
  }
  for (size_t i = 0; i < values; ++i) commands_.ask(scan.sized[i].name, commands);
  if (goes_on && !reads_by_type()) add_size_commands(scan.named, commands);
  const uint64_t bytes_before = connection_.bytes_in();
  Result<std::vector<Reply>> replies = co_await ask_keys(scan.database, commands);
  if (!replies) co_return tl::unexpected(replies.error());
  note_sizes(values, connection_.bytes_in() - bytes_before);

  const auto answers = std::span<const Reply>(*replies).subspan(scans ? 1 : 0);
  const Result<void> taken = co_await take_values(scan, values, answers, state);
  if (!taken) co_return tl::unexpected(taken.error());
  if (goes_on) take_sizes(scan, answers.subspan(2 * values));
  if (scans) {
    const Result<void> named = take_names(scan, replies->front(), commands.front(), state, wants);
    if (!named) co_return tl::unexpected(named.error());
  }
  co_return values;
}

// What came is the next guess, with room for as much again.
void ShardReader::note_sizes(size_t values, uint64_t bytes) {
  if (values == 0) return;
  guessed_size_ = std::max(kLeastGuess, 2 * bytes / values);
  if (2 * bytes <= kRoundBytes) most_values_ = std::min(kMostValues, 2 * most_values_);
}

// After replies that were too large. False: there is nothing to be done about it.
bool ShardReader::ask_for_less(Scan& scan) {
  const size_t values = scan.values_of_round(most_values_);
  if (values == 0) return false;
  if (values > 1) {
    most_values_ = std::max<size_t>(values / 8, 1);
    return true;
  }
  scan.large.push_back(std::move(scan.sized.front().name));
  scan.sized.erase(scan.sized.begin());
  return true;
}

// No answers: sizes are not known, or do not matter.
void ShardReader::take_sizes(Scan& scan, std::span<const Reply> answers) const {
  for (size_t i = 0; i < scan.named.size(); ++i) {
    const uint64_t size =
        answers.empty() ? guessed_size_ : size_of(answers[i]).value_or(guessed_size_);
    if (is_large(size)) {
      scan.large.push_back(std::move(scan.named[i]));
    } else {
      scan.sized.push_back({std::move(scan.named[i]), size});
    }
  }
  scan.named.clear();
}

// Of the first `count` that have a size.
Async<void> ShardReader::take_values(Scan& scan, size_t count, std::span<const Reply> answers,
                                     ReadState& state) {
  for (size_t i = 0; i < count; ++i) {
    const std::string& name = scan.sized[i].name;
    KeyCommands::Answer answer =
        commands_.read(name, answers[2 * i], answers[2 * i + 1], state.file);
    if (answer.refused) {
      co_return tl::unexpected(explain(*answer.refused, answer.refused_command));
    }
    const Result<void> emitted =
        co_await emit(scan.database, name, std::move(answer.key), state, scan.records);
    if (!emitted) co_return emitted;
  }
  scan.sized.erase(scan.sized.begin(), scan.sized.begin() + static_cast<ptrdiff_t>(count));
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

Async<uint64_t> ShardReader::take_large(Scan& scan, ReadState& state) {
  const std::string name = scan.large.back();
  Result<FoundKey> found = co_await read_in_pages(scan.database, name, state);
  if (!found) co_return tl::unexpected(found.error());
  ++state.facts.large_values;
  scan.large.pop_back();
  const Result<void> emitted =
      co_await emit(scan.database, name, std::move(*found), state, scan.records);
  if (!emitted) co_return tl::unexpected(emitted.error());
  co_return uint64_t{1};
}

Async<uint64_t> ShardReader::take_step(Scan& scan, ReadState& state, const WantsKey& wants) {
  if (!scan.large.empty()) co_return co_await take_large(scan, state);
  co_return co_await take_round(scan, state, wants);
}

Async<void> ShardReader::keep_pace(ReadState& state, uint64_t keys, uint64_t bytes_before) {
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
    const uint64_t bytes_before = connection_.bytes_in();
    const Result<uint64_t> keys = co_await take_step(scan, state, wants);
    if (keys) {
      failures = 0;
      const Result<void> paced = co_await keep_pace(state, *keys, bytes_before);
      if (!paced) co_return paced;
      continue;
    }
    const bool has_overflowed = connection_.has_overflowed();
    if (has_overflowed && !ask_for_less(scan)) co_return tl::unexpected(keys.error());
    // What the server said on an open connection it will say again.
    if (connection_.is_open() || (!has_overflowed && ++failures > kMostReconnections)) {
      co_return tl::unexpected(keys.error());
    }
    const Result<bool> is_same_process = co_await connect_again(state, keys.error());
    if (!is_same_process) co_return tl::unexpected(is_same_process.error());
    if (!*is_same_process) scan.restart();
  }
  if (!scan.records.empty()) co_await state.queue.put(database, std::move(scan.records));
  co_return Result<void>();
}

Async<void> ShardReader::connect_if_lost() {
  if (connection_.is_open()) co_return Result<void>();
  for (unsigned failures = 0;; ++failures) {
    selected_.reset();
    const Result<void> opened = co_await connection_.open();
    if (!opened) co_return opened;
    const Result<void> known = co_await get_to_know();
    const bool was_lost = !known && !connection_.is_open();
    if (!was_lost || failures == kMostReconnections) co_return known;
  }
}

Async<std::optional<int64_t>> ShardReader::time() {
  const Result<Reply> reply = co_await connection_.ask(make_command("TIME"));
  if (!reply) co_return tl::unexpected(reply.error());
  co_return parse_time(*reply);
}

Async<std::vector<uint64_t>> ShardReader::sizes(uint64_t database,
                                                std::span<const std::string> names) {
  std::vector<uint64_t> sizes(names.size(), guessed_size_);
  std::vector<Command> commands;
  add_size_commands(names, commands);
  const Result<std::vector<Reply>> replies = co_await call_in(database, commands);
  if (!replies) co_return tl::unexpected(replies.error());
  for (size_t i = 0; i < replies->size(); ++i)
    sizes[i] = size_of((*replies)[i]).value_or(guessed_size_);
  co_return sizes;
}

Async<std::vector<FoundKey>> ShardReader::fetch(uint64_t database,
                                                std::span<const std::string> names,
                                                std::span<const uint64_t> sizes, ReadState& state) {
  const uint64_t bytes_before = connection_.bytes_in();
  std::vector<Command> commands;
  for (size_t i = 0; i < names.size(); ++i) {
    if (!is_large(sizes[i])) commands_.ask(names[i], commands);
  }
  Result<std::vector<Reply>> replies = co_await ask_keys(database, commands);
  if (!replies) co_return tl::unexpected(replies.error());
  note_sizes(commands.size() / 2, connection_.bytes_in() - bytes_before);
  std::vector<FoundKey> all;
  size_t next = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    if (is_large(sizes[i])) {
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
  const Result<void> paced = co_await keep_pace(state, names.size(), bytes_before);
  if (!paced) co_return tl::unexpected(paced.error());
  co_return all;
}

}  // namespace rdbproof
