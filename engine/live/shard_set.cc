#include "engine/live/shard_set.h"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <utility>

#include "engine/base/text.h"
#include "engine/hash/crc16.h"

namespace rdbproof {
namespace {

// Keys that are asked for once more at a time, and what they take, unless one alone takes more.
constexpr size_t kFetchedAtATime = 256;
constexpr uint64_t kFetchedBytes = uint64_t{32} << 20;
constexpr unsigned kMostMoves = 10;  // of slots, each time that we look
constexpr unsigned kMostWaits = 60;  // seconds, for a slot to arrive
constexpr const char* kTryLater = "try again when it is stable";

tl::unexpected<Error> on_its_way(ptrdiff_t slot) {
  return fail("slot " + std::to_string(slot) +
                  " of the cluster is on its way to another shard: its keys are in two places",
              "wait until it has arrived, or mend it: redis-cli --cluster fix");
}

template <class T>
std::vector<T> at(std::span<const T> all, const std::vector<size_t>& places) {
  std::vector<T> some;
  for (const size_t place : places) some.push_back(all[place]);
  return some;
}

// At least one, and others as long as their sum allows.
size_t count_within(const std::vector<uint64_t>& sizes, uint64_t most) {
  size_t count = 0;
  uint64_t sum = 0;
  while (count < sizes.size() && (count == 0 || sum + sizes[count] <= most)) sum += sizes[count++];
  return count;
}

// Connects first if the connection was lost, and asks again if it is lost meanwhile.
template <class Ask>
auto ask_connected(ShardReader& reader, Ask ask) -> decltype(ask()) {
  for (unsigned failures = 0;; ++failures) {
    const Result<void> connected = co_await reader.connect_if_lost();
    if (!connected) co_return tl::unexpected(connected.error());
    auto found = co_await ask();
    const ServerConnection& connection = reader.connection();
    const bool was_lost = !found && !connection.is_open() && !connection.has_overflowed();
    if (!was_lost || failures == kMostReconnections) co_return found;
  }
}

}  // namespace

ShardSet::ShardSet(boost::asio::any_io_executor executor, const ServerAddress& address,
                   const LiveOptions& options, boost::asio::ssl::context* tls)
    : executor_(std::move(executor)), address_(address), options_(options), tls_(tls) {}

Async<void> ShardSet::connect() {
  Result<std::vector<Shard>> shards = co_await find_shards(address_, options_, executor_, tls_);
  if (!shards) co_return tl::unexpected(shards.error());
  const Result<void> opened = co_await open(std::move(*shards));
  if (!opened) co_return opened;
  const Result<void> gentle = expect_gentle();
  if (!gentle) co_return gentle;
  if (address_.is_cluster()) {
    const Result<Slots> open_now = co_await open_slots();
    if (!open_now) co_return tl::unexpected(open_now.error());
    const auto first = std::ranges::find(*open_now, true);
    if (first != open_now->end()) co_return on_its_way(first - open_now->begin());
  }
  for (const auto& reader : readers_) {
    const Result<void> probed = co_await reader->probe();
    if (!probed) co_return probed;
  }
  co_return Result<void>();
}

Async<void> ShardSet::open(std::vector<Shard> shards) {
  readers_.clear();
  for (Shard& shard : shards) {
    readers_.push_back(std::make_unique<ShardReader>(executor_, std::move(shard),
                                                     address_.is_cluster(), options_, tls_));
    const Result<void> opened = co_await readers_.back()->open();
    if (!opened) co_return opened;
  }
  co_return Result<void>();
}

// A primary with replicas is somebody's production: one of them can be asked instead.
Result<void> ShardSet::expect_gentle() const {
  if (options_.allow_primary) return {};
  for (const auto& reader : readers_) {
    const ServerInfo& info = reader->info();
    if (info.is_replica || info.replicas.empty()) continue;
    std::string replicas;
    for (const std::string& replica : info.replicas) {
      replicas += (replicas.empty() ? "" : ", ") + escape_for_terminal(replica);
    }
    const std::string hint = address_.is_cluster()
                                 ? "read its replicas by --from-replicas, or --allow-primary"
                                 : "read a replica instead (" + replicas + "), or --allow-primary";
    return fail(reader->shard().read_from.text() + " is a primary with replicas (" + replicas +
                    "): reading it slows it down",
                hint);
  }
  return {};
}

Async<void> ShardSet::read_moved(ReadState& state, const WantsDatabase& wants) {
  if (!address_.is_cluster()) co_return Result<void>();
  uint64_t moved = 0;
  for (unsigned round = 0;; ++round) {
    const Result<uint64_t> followed = co_await follow_slots(state, wants);
    if (!followed) co_return tl::unexpected(followed.error());
    if (*followed == 0) break;
    moved += *followed;
    if (round == kMostMoves) co_return fail("the cluster moves slots all the time", kTryLater);
  }
  if (moved != 0) {
    state.facts.notes.push_back(std::to_string(moved) + (moved == 1 ? " slot" : " slots") +
                                " moved while the cluster was read: read again");
  }
  if (state.moved_is_full && (moved != 0 || !options_.from_replicas)) {
    co_return fail("more keys went from shard to shard than can be followed", kTryLater);
  }
  co_return co_await read_moved_keys(state);
}

// The number of slots that had moved since the shards were asked for last.
Async<uint64_t> ShardSet::follow_slots(ReadState& state, const WantsDatabase& wants) {
  const Result<Slots> were_open = co_await wait_until_settled();
  if (!were_open) co_return tl::unexpected(were_open.error());
  Result<std::vector<Shard>> now = co_await ask_again();
  if (!now) co_return tl::unexpected(now.error());
  uint64_t count = 0;
  for (const Shard& shard : *now) {
    const Slots moved = moved_to(shard, *were_open);
    const auto of_shard = static_cast<uint64_t>(std::ranges::count(moved, true));
    if (of_shard == 0) continue;
    count += of_shard;
    const Result<void> done = co_await read_slots(shard, moved, state, wants);
    if (!done) co_return tl::unexpected(done.error());
  }
  if (count != 0) {
    const Result<void> opened = co_await open(std::move(*now));
    if (!opened) co_return tl::unexpected(opened.error());
    for (const auto& reader : readers_) {
      const Result<void> probed = co_await reader->probe();
      if (!probed) co_return tl::unexpected(probed.error());
    }
  }
  co_return count;
}

// Only primaries know.
Async<ShardSet::Slots> ShardSet::open_slots() {
  Slots all(kClusterSlots);
  for (const auto& reader : readers_) {
    ServerConnection connection(executor_, reader->shard().primary, options_.connection, tls_);
    const Result<void> opened = co_await connection.open_once();
    if (!opened) co_return tl::unexpected(opened.error());
    const auto of_shard = co_await ask_open_slots(connection);
    if (!of_shard) co_return tl::unexpected(of_shard.error());
    for (const uint16_t slot : *of_shard) all[slot] = true;
  }
  co_return all;
}

// All slots that were on their way meanwhile.
Async<ShardSet::Slots> ShardSet::wait_until_settled() {
  Slots all(kClusterSlots);
  for (unsigned wait = 0;; ++wait) {
    const Result<Slots> now = co_await open_slots();
    if (!now) co_return now;
    const auto first = std::ranges::find(*now, true);
    if (first == now->end()) co_return all;
    if (wait == kMostWaits) co_return on_its_way(first - now->begin());
    for (size_t slot = 0; slot < all.size(); ++slot) all[slot] = all[slot] || (*now)[slot];
    boost::asio::steady_timer timer(executor_, std::chrono::seconds(1));
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
}

// Any node will do.
Async<std::vector<Shard>> ShardSet::ask_again() {
  Result<std::vector<Shard>> shards = fail("the cluster has no nodes");
  for (const auto& reader : readers_) {
    ServerConnection connection(executor_, reader->shard().read_from, options_.connection, tls_);
    const Result<void> opened = co_await connection.open_once();
    if (!opened) {
      shards = tl::unexpected(opened.error());
      continue;
    }
    shards = co_await ask_cluster(connection, options_);
    if (shards) break;
  }
  co_return shards;
}

ShardSet::Slots ShardSet::moved_to(const Shard& shard, const Slots& were_open) const {
  const auto reader = std::ranges::find_if(
      readers_, [&](const auto& r) { return r->shard().primary == shard.primary; });
  Slots moved(kClusterSlots);
  for (const auto& [first, last] : shard.slots) {
    for (unsigned slot = first; slot <= last; ++slot) {
      const bool had =
          reader != readers_.end() && (*reader)->shard().owns(static_cast<uint16_t>(slot));
      moved[slot] = !had || were_open[slot];
    }
  }
  return moved;
}

Async<void> ShardSet::read_slots(const Shard& shard, const Slots& slots, ReadState& state,
                                 const WantsDatabase& wants) {
  ShardReader reader(executor_, shard, true, options_, tls_);
  const Result<void> opened = co_await reader.open();
  if (!opened) co_return opened;
  const Result<void> probed = co_await reader.probe();
  if (!probed) co_return probed;
  for (const auto& [database, keys] : std::map(reader.info().keys)) {
    if (!wants(database)) continue;
    const Result<void> done = co_await reader.read_database(
        database, state, [&](const std::string& name) { return slots[key_slot(name)]; });
    if (!done) co_return done;
  }
  co_return Result<void>();
}

Async<void> ShardSet::read_moved_keys(ReadState& state) {
  std::vector<ServerSource::AskedKey> keys = std::exchange(state.moved, {});
  for (size_t done = 0; done < keys.size();) {
    const uint64_t database = keys[done].database;
    std::vector<std::string> names;
    for (size_t i = done; i < keys.size() && names.size() < kFetchedAtATime; ++i) {
      if (keys[i].database != database) break;
      names.push_back(keys[i].name);
    }
    Result<std::vector<FoundKey>> found = co_await fetch(database, std::move(names), state);
    if (!found) co_return tl::unexpected(found.error());
    for (FoundKey& key : *found) {
      const std::string& name = keys[done++].name;
      if (key.kind == FoundKey::Kind::kRecord) {
        ++state.facts.keys_read;
        co_await state.queue.put(database, std::move(key.text));
      } else if (key.kind == FoundKey::Kind::kUnreadable) {
        state.add_unreadable(database, name, std::move(key.text));
      } else {
        ++state.facts.vanished;
      }
    }
  }
  co_return Result<void>();
}

std::vector<size_t> ShardSet::places_in(const ShardReader& reader,
                                        std::span<const std::string> names) const {
  std::vector<size_t> places;
  for (size_t i = 0; i < names.size(); ++i) {
    if (!address_.is_cluster() || reader.shard().owns(key_slot(names[i]))) places.push_back(i);
  }
  return places;
}

Async<std::vector<uint64_t>> ShardSet::sizes(uint64_t database,
                                             std::span<const std::string> names) {
  std::vector<uint64_t> all(names.size());
  for (const auto& reader : readers_) {
    const std::vector<size_t> places = places_in(*reader, names);
    if (places.empty()) continue;
    const std::vector<std::string> of_shard = at(names, places);
    const auto found =
        co_await ask_connected(*reader, [&] { return reader->sizes(database, of_shard); });
    if (!found) co_return tl::unexpected(found.error());
    for (size_t i = 0; i < places.size(); ++i) all[places[i]] = (*found)[i];
  }
  co_return all;
}

Async<std::optional<int64_t>> ShardSet::time() {
  ShardReader& reader = *readers_.front();
  co_return co_await ask_connected(reader, [&] { return reader.time(); });
}

Async<std::vector<FoundKey>> ShardSet::fetch(uint64_t database, std::vector<std::string> names,
                                             ReadState& state) {
  names.resize(std::min(names.size(), kFetchedAtATime));
  Result<std::vector<uint64_t>> sizes_of_names = co_await sizes(database, names);
  if (!sizes_of_names) co_return tl::unexpected(sizes_of_names.error());
  names.resize(count_within(*sizes_of_names, kFetchedBytes));
  while (true) {
    Result<std::vector<FoundKey>> found =
        co_await fetch_all(database, names, *sizes_of_names, state);
    const bool is_too_much = std::ranges::any_of(
        readers_, [](const auto& reader) { return reader->connection().has_overflowed(); });
    // More came than was said: one alone, and then that in pages.
    if (found || !is_too_much || sizes_of_names->front() == UINT64_MAX) co_return found;
    if (names.size() == 1) sizes_of_names->front() = UINT64_MAX;
    names.resize(1);
  }
}

Async<std::vector<FoundKey>> ShardSet::fetch_all(uint64_t database,
                                                 std::span<const std::string> names,
                                                 std::span<const uint64_t> sizes_of_names,
                                                 ReadState& state) {
  std::vector<FoundKey> all(names.size());
  for (const auto& reader : readers_) {
    const std::vector<size_t> places = places_in(*reader, names);
    if (places.empty()) continue;
    const std::vector<std::string> of_shard = at(names, places);
    const std::vector<uint64_t> sizes_of_shard = at(sizes_of_names, places);
    auto found = co_await ask_connected(
        *reader, [&] { return reader->fetch(database, of_shard, sizes_of_shard, state); });
    if (!found) co_return tl::unexpected(found.error());
    for (size_t i = 0; i < places.size(); ++i) {
      if ((*found)[i].kind == FoundKey::Kind::kMoved) {
        (*found)[i] = {FoundKey::Kind::kUnreadable, "the cluster has it on another node by now"};
      }
      all[places[i]] = std::move((*found)[i]);
    }
  }
  co_return all;
}

}  // namespace rdbproof
