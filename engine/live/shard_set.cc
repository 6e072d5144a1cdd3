#include "engine/live/shard_set.h"

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/hash/crc16.h"

namespace rdbproof {
namespace {

// Keys that are asked for once more at a time, and what they take, unless one alone takes more.
constexpr size_t kFetchedAtATime = 256;
constexpr uint64_t kFetchedBytes = uint64_t{32} << 20;

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

// Asks once more if the connection was lost since it was used last.
template <class Ask>
auto again_if_lost(ShardReader& reader, Ask ask) -> decltype(ask()) {
  auto found = co_await ask();
  if (!found && !reader.connection().is_open()) found = co_await ask();
  co_return found;
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
  co_return expect_gentle();
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

Async<void> ShardSet::read_moved(ReadState& state) {
  if (!address_.is_cluster()) co_return Result<void>();
  Result<std::vector<Shard>> now = co_await ask_cluster(first().connection(), options_);
  if (!now) co_return tl::unexpected(now.error());
  uint64_t moved_slots = 0;
  for (const Shard& shard : *now) {
    const Result<uint64_t> moved = co_await read_moved_slots(shard, state);
    if (!moved) co_return tl::unexpected(moved.error());
    moved_slots += *moved;
  }
  if (moved_slots != 0) {
    state.facts.notes.push_back(std::to_string(moved_slots) +
                                (moved_slots == 1 ? " slot" : " slots") +
                                " moved while the cluster was read: read again");
    const Result<void> opened = co_await open(std::move(*now));
    if (!opened) co_return opened;
  }
  co_return co_await read_moved_keys(state);
}

// The number of slots that the shard has and had not.
Async<uint64_t> ShardSet::read_moved_slots(const Shard& shard, ReadState& state) {
  const auto reader = std::ranges::find_if(
      readers_, [&](const auto& r) { return r->shard().primary == shard.primary; });
  std::vector<bool> is_new(kClusterSlots);
  uint64_t count = 0;
  for (const auto& [first, last] : shard.slots) {
    for (unsigned slot = first; slot <= last; ++slot) {
      is_new[slot] =
          reader == readers_.end() || !(*reader)->shard().owns(static_cast<uint16_t>(slot));
      count += is_new[slot];
    }
  }
  if (count == 0) co_return count;
  ShardReader again(executor_, shard, true, options_, tls_);
  const Result<void> opened = co_await again.open();
  if (!opened) co_return tl::unexpected(opened.error());
  const Result<void> done = co_await again.read_database(
      0, state, [&](const std::string& name) { return is_new[key_slot(name)]; });
  if (!done) co_return tl::unexpected(done.error());
  co_return count;
}

Async<void> ShardSet::read_moved_keys(ReadState& state) {
  std::vector<std::string> names = std::exchange(state.moved, {});
  while (!names.empty()) {
    Result<std::vector<FoundKey>> found = co_await fetch(0, names, state);
    if (!found) co_return tl::unexpected(found.error());
    for (size_t i = 0; i < found->size(); ++i) {
      FoundKey& key = (*found)[i];
      if (key.kind == FoundKey::Kind::kRecord) {
        ++state.facts.keys_read;
        co_await state.queue.put(0, std::move(key.text));
      } else if (key.kind == FoundKey::Kind::kUnreadable) {
        state.add_unreadable(0, names[i], std::move(key.text));
      } else {
        ++state.facts.vanished;
      }
    }
    names.erase(names.begin(), names.begin() + static_cast<ptrdiff_t>(found->size()));
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
    const std::vector<std::string> of_shard = at<std::string>(names, places);
    const auto found =
        co_await again_if_lost(*reader, [&] { return reader->sizes(database, of_shard); });
    if (!found) co_return tl::unexpected(found.error());
    for (size_t i = 0; i < places.size(); ++i) all[places[i]] = (*found)[i];
  }
  co_return all;
}

Async<std::vector<FoundKey>> ShardSet::fetch(uint64_t database, std::vector<std::string> names,
                                             ReadState& state) {
  names.resize(std::min(names.size(), kFetchedAtATime));
  const Result<std::vector<uint64_t>> sizes_of_names = co_await sizes(database, names);
  if (!sizes_of_names) co_return tl::unexpected(sizes_of_names.error());
  names.resize(count_within(*sizes_of_names, kFetchedBytes));
  std::vector<FoundKey> all(names.size());
  for (const auto& reader : readers_) {
    const std::vector<size_t> places = places_in(*reader, names);
    if (places.empty()) continue;
    const std::vector<std::string> of_shard = at<std::string>(names, places);
    const std::vector<uint64_t> sizes_of_shard = at<uint64_t>(*sizes_of_names, places);
    auto found = co_await again_if_lost(
        *reader, [&] { return reader->fetch(database, of_shard, sizes_of_shard, state); });
    if (!found) co_return tl::unexpected(found.error());
    for (size_t i = 0; i < places.size(); ++i) {
      if ((*found)[i].kind == FoundKey::Kind::kMoved) {
        co_return fail("the cluster moves keys about: " + reader->shard().read_from.text() +
                           " does not have one that it should have",
                       "try again when it is stable");
      }
      all[places[i]] = std::move((*found)[i]);
    }
  }
  co_return all;
}

}  // namespace rdbproof
