#include "engine/live/live_source.h"

#include <algorithm>
#include <boost/asio.hpp>
#include <future>
#include <set>
#include <thread>
#include <utility>

#include "engine/base/text.h"
#include "engine/live/read_state.h"
#include "engine/live/shard_set.h"
#include "engine/live/sync_reader.h"
#include "engine/rdb/dump_payload.h"
#include "engine/rdb/prologue.h"
#include "engine/rdb/writer.h"

namespace rdbproof {
namespace {

namespace asio = boost::asio;

std::string text_of(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const std::exception& error) {
    return error.what();
  }
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
    asio::co_spawn(context_, read(), [this](const std::exception_ptr& exception) {
      if (exception) queue_.fail_with({"reading the server failed: " + text_of(exception), ""});
    });
    return std::make_unique<QueueStream>(queue_, [this] { queue_.abandon(); });
  }

  const std::string& header() const override { return header_; }
  ServerFacts facts() const override { return state_ ? state_->facts : ServerFacts(); }

  // Of one database at a time.
  Result<std::vector<FoundKey>> fetch(std::span<const AskedKey> keys) override {
    std::vector<std::string> names;
    for (const AskedKey& key : keys) {
      if (key.database != keys.front().database) break;
      names.push_back(key.name);
    }
    return wait_for(shards_->fetch(keys.front().database, std::move(names), *state_));
  }

 private:
  // On the thread of the connections; waits for it.
  template <class T>
  Result<T> wait_for(Async<T> work) {
    return asio::co_spawn(context_, std::move(work), asio::use_future).get();
  }

  // Finds the servers, connects to them, and settles how they are read.
  Async<void> prepare() {
    shards_ = std::make_unique<ShardSet>(context_.get_executor(), address_, options_, tls_.get());
    const Result<void> connected = co_await shards_->connect();
    if (!connected) co_return connected;
    uint64_t keys = 0;
    for (const auto& reader : shards_->readers()) {
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
        co_await shards_->first().connection().ask(make_command("FUNCTION", "DUMP"));
    if (!reply) co_return tl::unexpected(reply.error());
    const auto payload = read_dump_payload(reply->text);
    if (reply->kind == Reply::Kind::kBulk && payload && payload->checksum_matches &&
        are_function_records(state_->file, payload->body)) {
      functions_ = payload->body;
      co_return Result<void>();
    }
    // Before Redis 7.0 there are none.
    const bool has_none =
        reply->is_error("ERR") && shards_->first().info().version_number() < 7u << 8;
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

  bool is_cluster() const { return address_.is_cluster(); }

  Result<void> choose_method() {
    method_ = options_.method.value_or(ReadMethod::kScan);
    if (method_ == ReadMethod::kSync) {
      if (!options_.allow_fork) {
        return fail("reading as a replica makes the server fork and write all its data",
                    "say that it may by --allow-fork");
      }
      if (address_.database) {
        return fail("a replica reads all databases, not one",
                    "leave out the database, or --read-method sync");
      }
      if (shards_->readers().size() != 1)
        return fail("only a single server can be read as by a replica");
    }
    ServerFacts& facts = state_->facts;
    const ServerInfo& info = shards_->first().info();
    facts.product = info.product;
    facts.version = info.version;
    facts.topology = is_cluster()
                         ? "cluster of " + std::to_string(shards_->readers().size()) + " shards"
                         : "one server";
    // What typed reads are written as.
    version_ = info.product == "valkey" && info.version_number() >= 9u << 8 ? kOldestValkeyVersion
                                                                            : kNewestRedisVersion;
    uint16_t newest = 0;
    for (const auto& reader : shards_->readers()) {
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
    facts.is_scanned = method_ != ReadMethod::kSync;
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
    if (!info.has_keyspace) {
      facts.notes.push_back("its INFO does not say which databases hold keys: only database " +
                            std::to_string(address_.database.value_or(0)) + " was read");
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

  // Those that INFO says hold keys, and the one that is asked for whatever INFO says.
  std::set<uint64_t> databases_of(const ServerInfo& info) const {
    if (address_.database) return {*address_.database};
    std::set<uint64_t> databases{0};
    for (const auto& [database, keys] : info.keys) databases.insert(database);
    return databases;
  }

  Async<void> read_shard(ShardReader& reader) {
    for (const uint64_t database : databases_of(reader.info())) {
      const Result<void> done = co_await reader.read_database(database, *state_, {});
      if (!done) co_return done;
    }
    co_return Result<void>();
  }

  // All of them at once; the first that fails stops the others.
  Async<void> read_shards() {
    size_t left = shards_->readers().size();
    asio::steady_timer all_done(context_, asio::steady_timer::time_point::max());
    Result<void> result;
    for (const auto& reader : shards_->readers()) {
      asio::co_spawn(context_, read_shard(*reader),
                     [&](const std::exception_ptr& exception, Result<void> done) {
                       if (exception)
                         done = fail("reading the server failed: " + text_of(exception));
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
    if (state_->pace.wants_probes()) {
      for (const auto& reader : shards_->readers()) {
        asio::co_spawn(context_, probe_latency(reader->connection().endpoint()), asio::detached);
      }
    }
    if (method_ == ReadMethod::kSync) {
      done = co_await read_as_replica(shards_->first().connection().endpoint(), options_,
                                      context_.get_executor(), tls_.get(), queue_);
    } else {
      queue_.begin(header_ + functions_);
      done = co_await read_shards();
      if (done) {
        done = co_await shards_->read_moved(
            *state_, [this](uint64_t database) { return wants_database(database); });
      }
    }
    if (done) done = co_await note_time();
    is_over_ = true;
    if (done) {
      queue_.end(method_ == ReadMethod::kSync);
    } else {
      queue_.fail_with(done.error());
    }
  }

  Async<void> note_time() {
    const Result<std::optional<int64_t>> time = co_await shards_->time();
    if (!time) co_return tl::unexpected(time.error());
    state_->facts.now_ms = time->value_or(0);
    co_return Result<void>();
  }

  // Of each node, on a connection of its own, once a second.
  asio::awaitable<void> probe_latency(Endpoint endpoint) {
    ServerConnection connection(context_.get_executor(), std::move(endpoint), options_.connection,
                                tls_.get());
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
  std::unique_ptr<ShardSet> shards_;
  std::unique_ptr<ReadState> state_;
  ReadMethod method_ = ReadMethod::kScan;
  uint16_t version_ = kNewestRedisVersion;
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
