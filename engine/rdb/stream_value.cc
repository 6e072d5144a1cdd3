// Streams, types 15, 19, 21 (Redis 5.0, 7.0, 7.2), 26 and 27 (8.6, 8.8). Redis src/rdb.c,
// t_stream.c.
//   nodes: { 16-byte master id, listpack }, length, last id, since 2: first id, max deleted id,
//   added groups: { name, last id, since 2: entries read, pending, consumers, in 5: handed back }
//   since 4: producers whose ids are remembered against duplicates
#include <algorithm>
#include <vector>

#include "engine/base/limits.h"
#include "engine/rdb/stream_node.h"
#include "engine/rdb/values.h"

namespace rdbproof {
namespace {

constexpr const char* kTooMuchRepeated = "a long name that is repeated too often";

StreamId read_length_id(Cursor& in) {
  const uint64_t ms = read_length(in);
  return {ms, read_length(in)};
}

// What is known of a stream before its groups.
struct StreamHead {
  StreamEntries entries;
  uint64_t stated_length = 0;
  StreamId last;
  uint64_t added = 0;  // entries ever; since 2

  bool length_fits() const { return stated_length == entries.live; }
};

// `length_must_fit`: Redis 8.8 refuses a stated length that is not the number of entries.
void decode_nodes(ValueReader& value, StreamHead& head, bool length_must_fit) {
  const uint64_t nodes = read_length(value.in);
  StreamId previous;
  for (uint64_t i = 0; i < nodes && value.in; ++i) {
    value.path.at(0, "node", i);
    const Blob key = value.read_blob();
    if (!value.in) return;
    const auto fail = [&](const char* detail) {
      value.path.leave_items();
      value.in.fail_at(Code::kBadStream, key.offset, detail);
    };
    if (key.data.size() != 16) return fail("a node's id is not 16 bytes long");
    Cursor id(key.data, key.offset, key.pinned);
    const StreamId master = read_raw_id(id);
    if (i != 0 && (master <= previous || master <= head.entries.last_live)) {
      return fail("its nodes do not ascend");
    }
    previous = master;
    const Blob blob = value.read_blob();
    if (!value.in) return;
    walk_stream_node(value, master, blob, head.entries);
    value.out.flush();
  }
  if (!value.in) return;
  value.path.leave_elements();
  head.stated_length = read_length(value.in);
  if (!head.length_fits() && (length_must_fit || nodes == 0)) {
    value.in.fail(Code::kBadStream, "its length is not its number of entries");
  }
  if (!head.length_fits()) value.remark(Code::kStreamLength, value.in.offset());
  value.summary.elements = head.stated_length;
}

// Since 7.0 a stream states its first entry. Of an empty one that came from an older file servers
// write the highest possible id.
void check_first_id(ValueReader& value, const StreamHead& head, StreamId first, uint64_t offset) {
  constexpr StreamId kHighest{~uint64_t{0}, ~uint64_t{0}};
  if (!head.length_fits()) return;
  const bool is_empty = head.entries.live == 0;
  if (first == head.entries.first_live || (is_empty && first == kHighest)) return;
  value.remark(Code::kStreamMetadata, offset, "its first id is not that of its first entry");
}

void read_tail(ValueReader& value, StreamHead& head, int version) {
  Cursor& in = value.in;
  uint64_t offset = in.offset();
  head.last = read_length_id(in);
  if (head.last < head.entries.last_live) {
    in.fail_at(Code::kBadStream, offset, "its last id is before that of its last entry");
  }
  if (version < 2) return;  // servers infer the rest
  offset = in.offset();
  const StreamId first = read_length_id(in);
  const StreamId max_deleted = read_length_id(in);
  head.added = read_length(in);
  if (!in) return;
  check_first_id(value, head, first, offset);
  if (max_deleted > head.last) {
    value.remark(Code::kStreamMetadata, offset, "an entry was deleted behind its last id");
  }
  if (head.length_fits() && head.added < head.entries.live) {
    value.remark(Code::kStreamMetadata, offset, "fewer entries were added than there are");
  }
}

struct Pending {
  StreamId id;
  uint64_t deliveries = 0;
  bool owned = false;
};

// The pending entries of a group, ascending by id. Memory is bounded by the bytes read: 25 an
// entry.
std::vector<Pending> read_pending(ValueReader& value) {
  Cursor& in = value.in;
  const uint64_t count = read_length(in);
  std::vector<Pending> pending;
  for (uint64_t i = 0; i < count; ++i) {
    value.path.at(1, "pending entry", i);
    const StreamId id = read_raw_id(in);
    in.skip(8);  // time of the last delivery, a clock
    const uint64_t deliveries = read_length(in);
    if (!in) return pending;
    if (!pending.empty() && id <= pending.back().id) {
      in.fail(Code::kBadStream, "pending entries do not ascend");
      return pending;
    }
    pending.push_back({id, deliveries, false});
  }
  return pending;
}

Pending* find_pending(std::vector<Pending>& pending, StreamId id) {
  const auto found = std::ranges::lower_bound(pending, id, {}, &Pending::id);
  return found != pending.end() && found->id == id ? &*found : nullptr;
}

// One entry in a consumer's list, or handed back by its consumer.
void claim_pending(ValueReader& value, std::vector<Pending>& pending, Bytes consumer) {
  const StreamId id = read_raw_id(value.in);
  if (!value.in) return;
  Pending* const entry = find_pending(pending, id);
  if (entry == nullptr) {
    return value.in.fail(Code::kBadStream, "a consumer has a pending entry that its group has not");
  }
  if (entry->owned) {
    return value.in.fail(Code::kBadStream, "a pending entry has two owners");
  }
  entry->owned = true;
  value.out.push({ElementKind::kStreamPending, consumer, {}, id.ms, id.sequence, entry->deliveries},
                 0);
}

void decode_consumer(ValueReader& value, std::vector<Pending>& pending, int version) {
  const Blob name = value.read_blob();
  value.in.skip(version >= 3 ? 16 : 8);  // seen time, active time: clocks
  const uint64_t count = read_length(value.in);
  if (!value.in) return;
  value.out.push({ElementKind::kStreamConsumer, name.data}, 0);
  for (uint64_t i = 0; i < count && value.in; ++i) {
    value.path.at(2, "pending entry", i);
    if (name.data.size() * i > max_repeated_bytes(16 * i)) {
      return value.in.fail(Code::kLimitExceeded, kTooMuchRepeated);
    }
    claim_pending(value, pending, name.data);
  }
}

// An id behind the group's alone says nothing, XGROUP SETID may go back; before 7.0 XCLAIM FORCE
// took any. Entries read are what XGROUP CREATE ENTRIESREAD says.
void check_group(ValueReader& value, const StreamHead& head, StreamId last,
                 const std::vector<Pending>& pending, uint64_t offset) {
  if (!pending.empty() && pending.back().id > std::max(last, head.last)) {
    value.remark(Code::kStreamMetadata, offset, "an entry is pending behind the last id");
  }
}

void decode_group(ValueReader& value, const StreamHead& head, uint64_t index, int version) {
  const uint64_t offset = value.in.offset();
  const Blob name = value.read_blob();
  const StreamId last = read_length_id(value.in);
  if (version >= 2) read_length(value.in);  // entries read
  if (!value.in) return;
  value.out.push({ElementKind::kStreamGroup, name.data, {}, last.ms, last.sequence}, 0);
  std::vector<Pending> pending = read_pending(value);
  if (!value.in) return;
  value.path.at(0, "group", index);
  if (version >= 2) check_group(value, head, last, pending, offset);
  const uint64_t consumers = read_length(value.in);
  for (uint64_t i = 0; i < consumers && value.in; ++i) {
    value.path.at(1, "consumer", i);
    decode_consumer(value, pending, version);
  }
  if (version >= 5 && value.in) {
    const uint64_t handed_back = read_length(value.in);
    for (uint64_t i = 0; i < handed_back && value.in; ++i) {
      value.path.at(1, "entry handed back", i);
      claim_pending(value, pending, {});
    }
  }
  if (!value.in) return;
  value.path.at(0, "group", index);
  if (!std::ranges::all_of(pending, &Pending::owned)) {
    value.in.fail(Code::kBadStream, "a pending entry has no owner");
  }
}

// Ids that producers sent lately, kept for at most a day: read past, they are a clock's business.
void skip_producers(ValueReader& value) {
  Cursor& in = value.in;
  constexpr uint64_t kLongestSeconds = 86400;
  constexpr uint64_t kMostIds = 10000;
  const uint64_t seconds = read_length(in);  // how long ids are remembered
  const uint64_t most_ids = read_length(in);
  if (in && (seconds == 0 || seconds > kLongestSeconds || most_ids == 0 || most_ids > kMostIds)) {
    in.fail(Code::kBadStream, "its limits for remembered ids are out of range");
  }
  const uint64_t producers = read_length(in);
  for (uint64_t i = 0; i < producers && in; ++i) {
    value.path.at(0, "producer", i);
    skip_string(in);
    const uint64_t ids = read_length(in);
    for (uint64_t j = 0; j < ids && in; ++j) {
      skip_string(in);
      read_length_id(in);
    }
  }
  read_length(in);  // ids added
  read_length(in);  // duplicates refused
}

template <int kVersion>
void decode_stream(ValueReader& value) {
  StreamHead head;
  decode_nodes(value, head, kVersion >= 5);
  if (value.in) read_tail(value, head, kVersion);
  const uint64_t groups = read_length(value.in);
  if (!value.in) return;
  value.out.push({ElementKind::kStreamLastId, {}, {}, head.last.ms, head.last.sequence});
  for (uint64_t i = 0; i < groups && value.in; ++i) {
    value.path.at(0, "group", i);
    decode_group(value, head, i, kVersion);
  }
  if (!value.in) return;
  value.path.leave_elements();
  if (kVersion >= 4) skip_producers(value);
  value.out.flush();
}

}  // namespace

void decode_stream_1(ValueReader& value) {
  decode_stream<1>(value);
}
void decode_stream_2(ValueReader& value) {
  decode_stream<2>(value);
}
void decode_stream_3(ValueReader& value) {
  decode_stream<3>(value);
}
void decode_stream_4(ValueReader& value) {
  decode_stream<4>(value);
}
void decode_stream_5(ValueReader& value) {
  decode_stream<5>(value);
}

}  // namespace rdbproof
