#include "engine/live/shard_set.h"

#include <algorithm>
#include <utility>

#include "engine/base/text.h"
#include "engine/hash/crc16.h"

namespace rdbproof {

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
  const std::vector<std::string> names = std::exchange(state.moved, {});
  Result<Records> records = co_await fetch(0, names, state);
  if (!records) co_return tl::unexpected(records.error());
  for (std::optional<std::string>& record : *records) {
    if (!record) {
      ++state.facts.vanished;
      continue;
    }
    ++state.facts.keys_read;
    co_await state.queue.put(0, std::move(*record));
  }
  co_return Result<void>();
}

// Once more if the connection was lost since it was used last.
Async<std::vector<FoundKey>> ShardSet::ask(ShardReader& reader, uint64_t database,
                                           const std::vector<std::string>& names,
                                           const ReadState& state) {
  Result<std::vector<FoundKey>> found = co_await reader.fetch(database, names, state);
  if (!found && !reader.connection().is_open()) {
    found = co_await reader.fetch(database, names, state);
  }
  co_return found;
}

// Each from the shard that has it.
Async<ShardSet::Records> ShardSet::fetch(uint64_t database, std::vector<std::string> names,
                                         ReadState& state) {
  Records records(names.size());
  for (const auto& reader : readers_) {
    std::vector<size_t> places;
    std::vector<std::string> of_shard;
    for (size_t i = 0; i < names.size(); ++i) {
      if (address_.is_cluster() && !reader->shard().owns(key_slot(names[i]))) continue;
      places.push_back(i);
      of_shard.push_back(names[i]);
    }
    if (of_shard.empty()) continue;
    Result<std::vector<FoundKey>> found = co_await ask(*reader, database, of_shard, state);
    if (!found) co_return tl::unexpected(found.error());
    for (size_t i = 0; i < places.size(); ++i) {
      FoundKey& key = (*found)[i];
      if (key.kind == FoundKey::Kind::kMoved) {
        co_return fail("the cluster moves keys about: " + reader->shard().read_from.text() +
                           " does not have one that it should have",
                       "try again when it is stable");
      }
      if (key.kind == FoundKey::Kind::kUnreadable) {
        state.add_unreadable(database, of_shard[i], std::move(key.text));
      } else if (key.kind == FoundKey::Kind::kRecord) {
        records[places[i]] = std::move(key.text);
      }
    }
  }
  co_return records;
}

}  // namespace rdbproof
