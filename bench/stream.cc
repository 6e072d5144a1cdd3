#include <algorithm>
#include <array>
#include <bit>

#include "bench/collections.h"

namespace rdbproof::bench {
namespace {

constexpr uint8_t kStreamListpacks = 15;   // Redis 5.0
constexpr uint8_t kStreamListpacks2 = 19;  // Redis 7.0
constexpr uint8_t kStreamListpacks3 = 21;  // Redis 7.2
constexpr unsigned kFirstActiveTimeVersion = 11;

constexpr uint64_t kNodeEntries = 64;  // a bit mask of deleted entries must hold a node
constexpr uint64_t kFirstMs = 1700000000000;
constexpr int64_t kDeleted = 1;
constexpr int64_t kSameFields = 2;
constexpr auto kFields = std::to_array<Bytes>({"device", "celsius", "note"});
constexpr auto kOtherFields = std::to_array<Bytes>({"alarm", "level"});

struct StreamState {
  StreamId id{kFirstMs, 0};
  StreamId highest_deleted;
  uint64_t added = 0;
};

void append_id(std::string& out, StreamId id) {
  const uint64_t words[2] = {__builtin_bswap64(id.ms), __builtin_bswap64(id.seq)};
  out.append(reinterpret_cast<const char*>(words), sizeof words);
}

void write_id(RdbWriter& out, StreamId id) {
  out.length(id.ms);
  out.length(id.seq);
}

void advance(Emitter& emit, StreamId& id) {
  const uint64_t step = emit.random.below(40);
  id = step == 0 ? StreamId{id.ms, id.seq + 1} : StreamId{id.ms + step, 0};
}

void append_entry(Emitter& emit, ListpackWriter& node, StreamId delta, bool deleted,
                  const Shape& shape) {
  const bool other = emit.random.one_in(16);
  node.append_integer((deleted ? kDeleted : 0) | (other ? 0 : kSameFields));
  node.append_integer(static_cast<int64_t>(delta.ms));
  node.append_integer(static_cast<int64_t>(delta.seq));
  int64_t entries = 3;
  if (other) {
    node.append_integer(kOtherFields.size());
    for (const Bytes field : kOtherFields) {
      node.append(field);
      emit.append_value(node, shape.shortest, shape.longest);
    }
    entries += 1 + 2 * static_cast<int64_t>(kOtherFields.size());
  } else {
    for (size_t index = 0; index < kFields.size(); ++index) {
      emit.append_value(node, shape.shortest, shape.longest);
    }
    entries += static_cast<int64_t>(kFields.size());
  }
  node.append_integer(entries);
}

void append_node(Emitter& emit, StreamState& state, uint64_t count, const Shape& shape) {
  const uint64_t all = count == 64 ? ~uint64_t{0} : (uint64_t{1} << count) - 1;
  Random& random = emit.random;
  uint64_t deleted = random.next() & random.next() & random.next() & random.next() & all;
  if (deleted == all) deleted = 0;  // servers drop nodes without live entries
  const int gone = std::popcount(deleted);

  ListpackWriter& node = emit.work.stream_node;
  node.clear();
  node.append_integer(static_cast<int64_t>(count) - gone);
  node.append_integer(gone);
  node.append_integer(kFields.size());
  for (const Bytes field : kFields) node.append(field);
  node.append_integer(0);

  advance(emit, state.id);
  const StreamId master = state.id;
  for (uint64_t index = 0; index < count; ++index) {
    if (index > 0) advance(emit, state.id);
    const bool dead = (deleted >> index & 1) != 0;
    append_entry(emit, node, {state.id.ms - master.ms, state.id.seq - master.seq}, dead, shape);
    if (dead) {
      state.highest_deleted = state.id;
    } else {
      emit.work.stream_ids.push_back(state.id);
    }
  }
  state.added += count;
  emit.work.blob.clear();
  append_id(emit.work.blob, master);
  emit.out.plain_string(emit.work.blob);
  emit.out.string(node.finish());
}

void write_consumers(Emitter& emit, uint64_t consumers, uint64_t first_pending, uint64_t pending) {
  const auto& ids = emit.work.stream_ids;
  emit.out.length(consumers);
  for (uint64_t consumer = 0; consumer < consumers; ++consumer) {
    emit.out.string(emit.name("consumer-").digits(consumer, 2));
    emit.out.u64_le(kFirstMs + 5000000 + consumer);
    if (emit.work.version >= kFirstActiveTimeVersion) emit.out.u64_le(kFirstMs + 4000000);
    std::string& own = emit.work.blob;
    own.clear();
    for (uint64_t index = consumer; index < pending; index += consumers) {
      append_id(own, ids[first_pending + index]);
    }
    emit.out.length(own.size() / 16);
    emit.out.raw(own);
  }
}

void write_group(Emitter& emit, uint64_t group) {
  const auto& ids = emit.work.stream_ids;
  const uint64_t read = emit.random.between(1, ids.size());
  const uint64_t pending = emit.random.below(std::min<uint64_t>(read, 100) + 1);
  const uint64_t first_pending = read - pending;
  emit.out.string(emit.name("group-").digits(group, 2));
  write_id(emit.out, ids[read - 1]);
  if (emit.has_listpacks()) emit.out.length(read);
  emit.out.length(pending);
  std::string& raw_id = emit.work.blob;
  for (uint64_t index = 0; index < pending; ++index) {
    raw_id.clear();
    append_id(raw_id, ids[first_pending + index]);
    emit.out.raw(raw_id);
    emit.out.u64_le(kFirstMs + 3000000 + index);
    emit.out.length(1 + emit.random.below(3));
  }
  write_consumers(emit, emit.random.between(1, 4), first_pending, pending);
}

}  // namespace

void stream(Emitter& emit, const Shape& shape, uint64_t groups) {
  const unsigned version = emit.work.version;
  emit.key(version < kFirstListpackVersion     ? kStreamListpacks
           : version < kFirstActiveTimeVersion ? kStreamListpacks2
                                               : kStreamListpacks3,
           shape.prefix, shape.number);
  auto& ids = emit.work.stream_ids;
  ids.clear();
  StreamState state;
  emit.out.length((shape.count + kNodeEntries - 1) / kNodeEntries);
  for (uint64_t left = shape.count; left > 0;) {
    const uint64_t count = std::min(left, kNodeEntries);
    append_node(emit, state, count, shape);
    left -= count;
  }
  emit.out.length(ids.size());
  write_id(emit.out, state.id);
  if (emit.has_listpacks()) {
    write_id(emit.out, ids.front());
    write_id(emit.out, state.highest_deleted);
    emit.out.length(state.added);
  }
  emit.out.length(groups);
  for (uint64_t group = 0; group < groups; ++group) write_group(emit, group);
}

}  // namespace rdbproof::bench
