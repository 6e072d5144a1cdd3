#include "engine/live/live_source.h"

#include <algorithm>
#include <boost/asio.hpp>
#include <future>
#include <thread>
#include <utility>

#include "engine/base/text.h"
#include "engine/hash/crc16.h"
#include "engine/live/read_state.h"
#include "engine/live/shard_reader.h"
#include "engine/live/sync_reader.h"
#include "engine/rdb/dump_payload.h"
#include "engine/rdb/prologue.h"
#include "engine/rdb/writer.h"

namespace rdbproof {
namespace {

namespace asio = boost::asio;

// The newest versions that this build reads; an unknown one is read by type.
constexpr uint16_t kNewestRedis = 15;
constexpr uint16_t kFirstValkey = 80;
constexpr uint16_t kNewestValkey = 81;
constexpr size_t kFetchedAtATime = 256;

bool is_known_version(uint16_t version) {
  return version <= kNewestRedis || (version >= kFirstValkey && version <= kNewestValkey);
}

class QueueStream final : public ByteStream {
 public:
  QueueStream(RecordQueue& queue, std::function<void()> close)
      : queue_(queue), close_(std::move(close)) {}
  ~QueueStream() override { close_(); }
  Result<size_t> read(char* into, size_t capacity) override { return queue_.take(into, capacity); }
  uint64_t bytes_in() const override { return queue_.bytes_taken(); }

 private:
  RecordQueue& queue_;
  std::function<void()> close_;
};

class LiveSource final : public ServerSource {
 public:
  LiveSource(ServerAddress address, LiveOptions options)
      : address_(std::move(address)),
        options_(std::move(options)),
        work_(asio::make_work_guard(context_)),
        queue_(context_.get_executor()) {
    options_.connection.tls = address_.tls;
    if (!address_.user.empty()) options_.connection.user = address_.user;
  }

  ~LiveSource() override {
    queue_.abandon();
    work_.reset();
    context_.stop();
    if (thread_.joinable()) thread_.join();
  }

  Result<std::unique_ptr<ByteStream>> open() override {
    if (options_.connection.tls) {
      TRY(tls_, make_tls_context(options_.connection.tls_options));
    }
    thread_ = std::thread([this] { run(); });
    TRY_VOID(wait_for(prepare()));
    asio::co_spawn(context_, read(), asio::detached);
    return std::make_unique<QueueStream>(queue_, [this] { queue_.abandon(); });
  }

  const std::string& header() const override { return header_; }
  ServerFacts facts() const override { return state_ ? state_->facts : ServerFacts(); }

  Result<std::vector<std::optional<std::string>>> fetch(std::span<const AskedKey> keys) override {
    std::vector<std::optional<std::string>> records;
    while (!keys.empty()) {
      // Of one database, and not too many.
      size_t count = 1;
      while (count < keys.size() && count < kFetchedAtATime &&
             keys[count].database == keys[0].database) {
        ++count;
      }
      std::vector<std::string> names;
      for (const AskedKey& key : keys.first(count)) names.push_back(key.name);
      TRY(auto found, wait_for(fetch_names(keys[0].database, std::move(names))));
      std::ranges::move(found, std::back_inserter(records));
      keys = keys.subspan(count);
    }
    return records;
  }

 private:
  using Records = std::vector<std::optional<std::string>>;

  // On the thread of the connections; waits for it.
  template <class T>
  Result<T> wait_for(Async<T> work) {
    return asio::co_spawn(context_, std::move(work), asio::use_future).get();
  }

  // Finds the servers, connects to them, and settles how they are read.
  Async<void> prepare() {
    Result<std::vector<Shard>> shards = co_await find_shards();
    if (!shards) co_return tl::unexpected(shards.error());
    for (Shard& shard : *shards) {
      readers_.push_back(std::make_unique<ShardReader>(context_.get_executor(), std::move(shard),
                                                       is_cluster(), options_, tls_.get()));
      const Result<void> opened = co_await readers_.back()->open();
      if (!opened) co_return opened;
    }
    const Result<void> allowed = expect_gentle();
    if (!allowed) co_return allowed;
    uint64_t keys = 0;
    for (const auto& reader : readers_) {
      for (const auto& [database, count] : reader->info().keys) keys += count;
    }
    state_ = std::make_unique<ReadState>(queue_, options_, keys);
    const Result<void> chosen = choose_method();
    if (!chosen) co_return chosen;
    const Result<void> written = write_header();
    if (!written) co_return written;
    co_return co_await read_functions();
  }

  // Those of one shard: all are to have the same.
  Async<void> read_functions() {
    const Result<Reply> reply =
        co_await readers_.front()->connection().ask(make_command("FUNCTION", "DUMP"));
    if (!reply) co_return tl::unexpected(reply.error());
    const auto payload = read_dump_payload(reply->text);
    if (reply->kind == Reply::Kind::kBulk && payload && payload->checksum_matches &&
        are_function_records(state_->file, payload->body)) {
      functions_ = payload->body;
      co_return Result<void>();
    }
    // Before Redis 7.0 there are none.
    const bool has_none =
        reply->is_error("ERR") && readers_.front()->info().version_number() < 7u << 8;
    state_->facts.has_functions = has_none;
    if (!has_none) state_->facts.notes.push_back("its functions could not be read");
    co_return Result<void>();
  }

  void run() {
    try {
      context_.run();
    } catch (const std::exception& error) {
      queue_.fail_with({std::string("reading the server failed: ") + error.what(), ""});
    }
  }

  bool is_cluster() const { return address_.kind == ServerAddress::Kind::kCluster; }

  Async<std::vector<Shard>> find_shards() {
    std::vector<Shard> shards;
    if (address_.kind == ServerAddress::Kind::kSentinel) {
      Result<Shard> shard =
          co_await ask_sentinels(address_, options_, context_.get_executor(), tls_.get());
      if (!shard) co_return tl::unexpected(shard.error());
      shards.push_back(std::move(*shard));
      co_return shards;
    }
    const Endpoint first = address_.endpoints.front();
    if (!is_cluster()) {
      Shard shard;
      shard.primary = shard.read_from = first;
      shards.push_back(std::move(shard));
      co_return shards;
    }
    ServerConnection connection(context_.get_executor(), first, options_.connection, tls_.get());
    const Result<void> opened = co_await connection.open_once();
    if (!opened) co_return tl::unexpected(opened.error());
    Result<std::vector<Shard>> found = co_await ask_cluster(connection, options_);
    if (!found) co_return found;
    for (Shard& shard : *found) {
      if (!options_.from_replicas) continue;
      if (shard.replicas.empty()) {
        co_return fail("the primary " + shard.primary.text() + " of this cluster has no replica",
                       "leave out --from-replicas");
      }
      shard.read_from = shard.replicas.front();
      shard.is_replica = true;
    }
    co_return found;
  }

  // A primary with replicas is somebody's production: one of them can be asked instead.
  Result<void> expect_gentle() {
    if (options_.allow_primary) return {};
    for (const auto& reader : readers_) {
      const ServerInfo& info = reader->info();
      if (info.is_replica || info.replicas.empty()) continue;
      std::string replicas;
      for (const std::string& replica : info.replicas) {
        replicas += (replicas.empty() ? "" : ", ") + escape_for_terminal(replica);
      }
      const std::string hint =
          is_cluster() ? "read its replicas by --from-replicas, or --allow-primary"
                       : "read a replica instead (" + replicas + "), or --allow-primary";
      return fail(reader->shard().read_from.text() + " is a primary with replicas (" + replicas +
                      "): reading it slows it down",
                  hint);
    }
    return {};
  }

  Result<void> choose_method() {
    method_ = options_.method.value_or(ReadMethod::kScan);
    if (method_ == ReadMethod::kSync) {
      if (!options_.allow_fork) {
        return fail("reading as a replica makes the server fork and write all its data",
                    "say that it may by --allow-fork");
      }
      if (readers_.size() != 1) return fail("only a single server can be read as by a replica");
    }
    ServerFacts& facts = state_->facts;
    const ServerInfo& info = readers_.front()->info();
    facts.product = info.product;
    facts.version = info.version;
    facts.topology =
        is_cluster() ? "cluster of " + std::to_string(readers_.size()) + " shards" : "one server";
    // What typed reads are written as.
    version_ =
        info.product == "valkey" && info.version_number() >= 9u << 8 ? kFirstValkey : kNewestRedis;
    uint16_t newest = 0;
    for (const auto& reader : readers_) {
      if (reader->sample()) {
        const auto payload = read_dump_payload(*reader->sample());
        newest = std::max<uint16_t>(newest, payload ? payload->version : UINT16_MAX);
      }
      if (!reader->has_dump() && method_ == ReadMethod::kScan) method_ = ReadMethod::kTyped;
      facts.exact_expiry = facts.exact_expiry && reader->has_exact_expiry();
      add_node(*reader, facts);
    }
    if (newest != 0 && method_ == ReadMethod::kScan) {
      if (is_known_version(newest)) {
        version_ = newest;
      } else {
        method_ = ReadMethod::kTyped;
        facts.notes.push_back("its DUMP has a version that this build does not read");
      }
    }
    if (method_ == ReadMethod::kTyped) options_.method = ReadMethod::kTyped;
    facts.method = method_ == ReadMethod::kScan    ? "scan"
                   : method_ == ReadMethod::kTyped ? "typed"
                                                   : "sync";
    if (!facts.exact_expiry) {
      facts.notes.push_back(
          "it cannot say when keys expire, only in how long: expiries within a second are equal");
    }
    return {};
  }

  void add_node(const ShardReader& reader, ServerFacts& facts) {
    const ServerInfo& info = reader.info();
    facts.nodes.push_back(reader.shard().read_from.text() +
                          (info.is_replica ? " (replica)" : " (primary)"));
    for (const auto& [database, keys] : info.keys) {
      if (wants_database(database)) facts.dbsize[database] += keys;
    }
    if (info.is_replica && !info.is_link_up) {
      facts.notes.push_back("the replica " + reader.shard().read_from.text() +
                            " has lost its primary: its data may be old");
    }
    if (info.is_cluster && !is_cluster()) {
      facts.notes.push_back(
          "it is one node of a cluster: write ?cluster behind its address to read "
          "all of it");
    }
    if (!info.is_replica && info.replicas.empty() && !is_cluster()) {
      facts.notes.push_back("it is a primary without replicas");
    }
  }

  bool wants_database(uint64_t database) const {
    return !address_.database || *address_.database == database;
  }

  Result<void> write_header() {
    RdbWriter writer(header_, {.checksum = false});
    const std::string& product = state_->facts.product;
    // KeyDB's and Redis' own have the same name there.
    const std::string name = product == "valkey"      ? "valkey-ver"
                             : product == "dragonfly" ? "df-ver"
                                                      : "redis-ver";
    writer.header(version_);
    writer.aux(name, state_->facts.version);
    // The end, so that this is a whole file.
    Prologue prologue = read_prologue(header_ + '\xFF', true, Limits());
    if (prologue.state != PrologueState::kRead) {
      return fail("the server's version was not understood: " +
                  escape_for_terminal(state_->facts.version, 40));
    }
    state_->file = std::move(prologue.file);
    return {};
  }

  Async<void> read_shard(ShardReader& reader) {
    for (const auto& [database, keys] : std::map(reader.info().keys)) {
      if (!wants_database(database)) continue;
      const Result<void> done = co_await reader.read_database(database, *state_, {});
      if (!done) co_return done;
    }
    co_return Result<void>();
  }

  // All of them at once; the first that fails stops the others.
  Async<void> read_shards() {
    size_t left = readers_.size();
    asio::steady_timer all_done(context_, asio::steady_timer::time_point::max());
    Result<void> result;
    for (const auto& reader : readers_) {
      asio::co_spawn(context_, read_shard(*reader),
                     [&](const std::exception_ptr& exception, Result<void> done) {
                       if (exception) done = fail("out of memory");
                       if (!done && result) {
                         result = done;
                         state_->stop = done.error();
                       }
                       if (--left == 0) all_done.cancel();
                     });
    }
    while (left != 0) co_await all_done.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return result;
  }

  asio::awaitable<void> read() {
    Result<void> done;
    is_over_ = false;
    if (state_->pace.wants_probes()) asio::co_spawn(context_, probe_latency(), asio::detached);
    if (method_ == ReadMethod::kSync) {
      done = co_await read_as_replica(readers_.front()->connection().endpoint(), options_,
                                      context_.get_executor(), tls_.get(), queue_);
    } else {
      queue_.begin(header_ + functions_);
      done = co_await read_shards();
      if (done && is_cluster()) done = co_await read_moved();
    }
    if (done) done = co_await note_time();
    is_over_ = true;
    if (!state_->all_seen) {
      state_->facts.notes.push_back(
          "there were more keys than there was memory to recognise those that SCAN gives twice");
    }
    if (done) {
      queue_.end(method_ == ReadMethod::kSync);
    } else {
      queue_.fail_with(done.error());
    }
  }

  Async<void> note_time() {
    state_->facts.now_ms = 0;
    const Result<Reply> time = co_await readers_.front()->connection().ask(make_command("TIME"));
    if (time && time->items.size() == 2) {
      state_->facts.now_ms = std::atoll(time->items[0].text.c_str()) * 1000 +
                             std::atoll(time->items[1].text.c_str()) / 1000;
    }
    co_return Result<void>();
  }

  // Slots that another shard has now, and keys that were on their way.
  Async<void> read_moved() {
    Result<std::vector<Shard>> now = co_await ask_cluster(readers_.front()->connection(), options_);
    if (!now) co_return tl::unexpected(now.error());
    uint64_t moved_slots = 0;
    for (const Shard& shard : *now) {
      const auto reader = std::ranges::find_if(
          readers_, [&](const auto& r) { return r->shard().primary == shard.primary; });
      std::vector<bool> is_new(16384);
      uint64_t count = 0;
      for (const SlotRange& range : shard.slots) {
        for (unsigned slot = range.first; slot <= range.second; ++slot) {
          const bool had =
              reader != readers_.end() && (*reader)->shard().owns(static_cast<uint16_t>(slot));
          is_new[slot] = !had;
          count += !had;
        }
      }
      if (count == 0) continue;
      moved_slots += count;
      ShardReader again(context_.get_executor(), shard, true, options_, tls_.get());
      const Result<void> opened = co_await again.open();
      if (!opened) co_return opened;
      const Result<void> done = co_await again.read_database(
          0, *state_, [&](const std::string& name) { return is_new[key_slot(name)]; });
      if (!done) co_return done;
    }
    if (moved_slots != 0) {
      state_->facts.notes.push_back(
          std::to_string(moved_slots) +
          " slots moved while the cluster was read; they were read again");
      const Result<void> again = co_await set_up_again(std::move(*now));
      if (!again) co_return again;
    }
    co_return co_await read_moved_keys();
  }

  Async<void> set_up_again(std::vector<Shard> shards) {
    readers_.clear();
    for (Shard& shard : shards) {
      readers_.push_back(std::make_unique<ShardReader>(context_.get_executor(), std::move(shard),
                                                       true, options_, tls_.get()));
      const Result<void> opened = co_await readers_.back()->open();
      if (!opened) co_return opened;
    }
    co_return Result<void>();
  }

  Async<void> read_moved_keys() {
    const std::vector<std::string> names = std::exchange(state_->moved, {});
    Result<Records> records = co_await fetch_names(0, names);
    if (!records) co_return tl::unexpected(records.error());
    for (std::optional<std::string>& record : *records) {
      if (!record) {
        ++state_->facts.vanished;
        continue;
      }
      ++state_->facts.keys_read;
      co_await state_->queue.put(0, std::move(*record));
    }
    co_return Result<void>();
  }

  // Keys of one database, each from the shard that has it.
  Async<Records> fetch_names(uint64_t database, std::vector<std::string> names) {
    Records records(names.size());
    for (const auto& reader : readers_) {
      std::vector<size_t> places;
      std::vector<std::string> of_shard;
      for (size_t i = 0; i < names.size(); ++i) {
        if (is_cluster() && !reader->shard().owns(key_slot(names[i]))) continue;
        places.push_back(i);
        of_shard.push_back(names[i]);
      }
      if (of_shard.empty()) continue;
      Result<std::vector<FoundKey>> found = co_await reader->fetch(database, of_shard, *state_);
      if (!found && !reader->connection().is_open()) {
        found = co_await reader->fetch(database, of_shard, *state_);
      }
      if (!found) co_return tl::unexpected(found.error());
      for (size_t i = 0; i < places.size(); ++i) {
        FoundKey& key = (*found)[i];
        if (key.kind == FoundKey::Kind::kMoved) {
          co_return fail("the cluster moves keys about: " + reader->shard().read_from.text() +
                             " does not have one that it should have",
                         "try again when it is stable");
        }
        if (key.kind == FoundKey::Kind::kUnreadable) {
          state_->add_unreadable(database, of_shard[i], std::move(key.text));
        } else if (key.kind == FoundKey::Kind::kRecord) {
          records[places[i]] = std::move(key.text);
        }
      }
    }
    co_return records;
  }

  // On a connection of its own, once a second.
  asio::awaitable<void> probe_latency() {
    ServerConnection connection(context_.get_executor(), readers_.front()->connection().endpoint(),
                                options_.connection, tls_.get());
    const Result<void> opened = co_await connection.open_once();
    if (!opened) co_return;
    while (!is_over_) {
      const auto begin = std::chrono::steady_clock::now();
      const Result<Reply> pong = co_await connection.ask(make_command("PING"));
      if (!pong) co_return;
      const auto took = std::chrono::steady_clock::now() - begin;
      const Result<void> noted =
          state_->pace.note_latency(std::chrono::duration_cast<std::chrono::milliseconds>(took));
      if (!noted) {
        state_->stop = noted.error();
        co_return;
      }
      asio::steady_timer timer(context_, std::chrono::seconds(1));
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  ServerAddress address_;
  LiveOptions options_;
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::shared_ptr<asio::ssl::context> tls_;
  RecordQueue queue_;
  std::vector<std::unique_ptr<ShardReader>> readers_;
  std::unique_ptr<ReadState> state_;
  ReadMethod method_ = ReadMethod::kScan;
  uint16_t version_ = kNewestRedis;
  std::string header_;
  std::string functions_;  // as records
  bool is_over_ = false;
  std::thread thread_;  // runs the context
};

}  // namespace

std::unique_ptr<ServerSource> make_live_source(ServerAddress address, LiveOptions options) {
  return std::make_unique<LiveSource>(std::move(address), std::move(options));
}

}  // namespace rdbproof
