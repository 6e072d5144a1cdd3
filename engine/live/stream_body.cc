#include "engine/live/stream_body.h"

#include <algorithm>
#include <map>

#include "engine/encoding/listpack_writer.h"
#include "engine/rdb/writer.h"

namespace rdbproof {
namespace {

constexpr uint8_t kStream1 = 15;  // Redis 5.0
constexpr uint8_t kStream5 = 27;  // Redis 8.8: entries may be handed back

void append_id(std::string& out, StreamId id) {
  const uint64_t words[2] = {__builtin_bswap64(id.ms), __builtin_bswap64(id.sequence)};
  out.append(reinterpret_cast<const char*>(words), sizeof words);
}

void write_id(RdbWriter& out, StreamId id) {
  out.length(id.ms);
  out.length(id.sequence);
}

void write_ids(RdbWriter& out, const std::string& raw_ids) {
  constexpr size_t kIdBytes = 16;
  out.length(raw_ids.size() / kIdBytes);
  out.raw(raw_ids);
}

// Ids as they stand in the file.
std::map<std::string, std::string> ids_by_owner(const StreamGroup& group) {
  std::map<std::string, std::string> ids;
  for (const std::string& consumer : group.consumers) ids[consumer];
  for (const PendingEntry& entry : group.pending) append_id(ids[entry.consumer], entry.id);
  return ids;
}

bool has_consumer(const StreamGroup& group, const std::string& name) {
  return std::ranges::find(group.consumers, name) != group.consumers.end();
}

bool is_handed_back(const StreamGroup& group) {
  return !has_consumer(group, "") && std::ranges::any_of(group.pending, [](const auto& entry) {
    return entry.consumer.empty();
  });
}

void write_group(RdbWriter& out, const StreamGroup& group, uint8_t type) {
  out.string(group.name);
  write_id(out, group.last_delivered);
  if (type == kStream5) out.length(0);  // entries read
  out.length(group.pending.size());
  for (const PendingEntry& entry : group.pending) {
    std::string id;
    append_id(id, entry.id);
    out.raw(id);
    out.u64_le(0);  // time of delivery
    out.length(entry.deliveries);
  }
  std::map<std::string, std::string> ids = ids_by_owner(group);
  out.length(group.consumers.size());
  for (const std::string& consumer : group.consumers) {
    out.string(consumer);
    out.u64_le(0);                        // seen
    if (type == kStream5) out.u64_le(0);  // active
    write_ids(out, ids[consumer]);
    ids.erase(consumer);
  }
  if (type == kStream5) write_ids(out, ids[""]);
}

// What nobody counts as the value.
void write_counters(RdbWriter& out, const StreamContent& stream) {
  write_id(out, stream.first);
  write_id(out, StreamId());  // highest deleted
  out.length(stream.entries);
}

void write_no_producers(RdbWriter& out) {
  out.length(1);  // second
  out.length(1);  // id
  for (int i = 0; i < 3; ++i) out.length(0);
}

}  // namespace

void append_stream_node(StreamContent& stream, std::span<const StreamEntry> entries) {
  const StreamId master = entries.front().id;
  if (stream.node_count == 0) stream.first = master;
  ListpackWriter node;
  node.append_integer(static_cast<int64_t>(entries.size()));
  for (int i = 0; i < 3; ++i) node.append_integer(0);  // deleted, fields of the master, end
  for (const StreamEntry& entry : entries) {
    const auto texts = static_cast<int64_t>(entry.texts.size());
    node.append_integer(0);  // flags
    node.append_integer(static_cast<int64_t>(entry.id.ms - master.ms));
    node.append_integer(static_cast<int64_t>(entry.id.sequence - master.sequence));
    node.append_integer(texts / 2);
    for (const std::string& text : entry.texts) node.append(text);
    node.append_integer(4 + texts);
  }
  std::string raw_id;
  append_id(raw_id, master);
  RdbWriter out(stream.nodes, {.checksum = false});
  out.plain_string(raw_id);
  out.plain_string(node.finish());
  ++stream.node_count;
  stream.entries += entries.size();
}

bool owners_are_known(const StreamGroup& group) {
  std::vector<std::string> names = group.consumers;
  std::ranges::sort(names);
  return std::ranges::all_of(group.pending, [&](const PendingEntry& entry) {
    return entry.consumer.empty() || std::ranges::binary_search(names, entry.consumer);
  });
}

std::string stream_body(const StreamContent& stream) {
  const uint8_t type = std::ranges::any_of(stream.groups, is_handed_back) ? kStream5 : kStream1;
  std::string body;
  RdbWriter out(body, {.checksum = false});
  out.byte(type);
  out.length(stream.node_count);
  out.raw(stream.nodes);
  out.length(stream.entries);
  write_id(out, stream.last);
  if (type == kStream5) write_counters(out, stream);
  out.length(stream.groups.size());
  for (const StreamGroup& group : stream.groups) write_group(out, group, type);
  if (type == kStream5) write_no_producers(out);
  return body;
}

}  // namespace rdbproof
