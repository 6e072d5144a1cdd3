// Streams, types 15, 19, 21 (Redis 5.0, 7.0, 7.2), 26 and 27 (8.6, 8.8). Redis src/rdb.c,
// t_stream.c.
//   nodes: { 16-byte master id, listpack }, length, last id, since 2: first id, max deleted id,
//   added groups: { name, last id, since 2: entries read, pending, consumers, in 5: handed back }
//   since 4: producers whose ids are remembered against duplicates
#include <algorithm>
#include <vector>

#include "engine/base/limits.h"
#include "engine/encoding/listpack.h"
#include "engine/rdb/values.h"

namespace rdbproof {
namespace {

constexpr const char* kTooMuchRepeated = "a long name that is repeated too often";

struct StreamId {
  uint64_t ms = 0;
  uint64_t sequence = 0;

  auto operator<=>(const StreamId&) const = default;
};

// Ids in nodes and pending lists: 16 bytes, big-endian.
StreamId read_raw_id(Cursor& in) {
  const uint64_t ms = in.u64_be();
  return {ms, in.u64_be()};
}

StreamId read_length_id(Cursor& in) {
  const uint64_t ms = read_length(in);
  return {ms, read_length(in)};
}

// A node: entries as differences to a master entry, in one listpack.
//   count, deleted, field count, field names, 0
//   entry: flags, ms and sequence difference, [field count, names and values | values], entry size
class StreamNode {
 public:
  StreamNode(ValueReader& value, StreamId master, const Blob& blob)
      : value_(value),
        master_(master),
        walker_(blob),
        repeatable_(max_repeated_bytes(blob.data.size())) {}

  // Pushes the live entries; returns how many there are.
  uint64_t walk();

 private:
  static constexpr uint64_t kDeleted = 1;
  static constexpr uint64_t kSameFields = 2;

  bool at_end() const { return walker_.cursor().remaining() <= 1; }
  PackedValue next();
  uint64_t next_integer();
  void read_master_fields();
  void walk_entry();
  void push_field(Bytes name, bool live);

  ValueReader& value_;
  StreamId master_;
  ListpackWalker walker_;
  std::vector<Bytes> fields_;
  uint64_t fields_bytes_ = 0;
  uint64_t repeatable_;  // bytes of field names that entries may still share
  uint64_t live_ = 0;
  uint64_t deleted_ = 0;
};

PackedValue StreamNode::next() {
  PackedValue item;
  if (!walker_.next(item)) walker_.fail(Code::kBadStream, "a node ends in the middle of an entry");
  return item;
}

uint64_t StreamNode::next_integer() {
  const PackedValue item = next();
  if (walker_.cursor() && !item.is_integer) {
    walker_.fail(Code::kBadStream, "text stands where a node must have an integer");
  }
  return static_cast<uint64_t>(item.integer);
}

void StreamNode::read_master_fields() {
  const uint64_t count = next_integer();
  for (uint64_t i = 0; i < count && walker_.cursor(); ++i) {
    fields_.push_back(text_of(next(), value_.blob_arena));
    fields_bytes_ += fields_.back().size();
  }
  if (next_integer() != 0) walker_.fail(Code::kBadStream, "a master entry has no end");
}

void StreamNode::push_field(Bytes name, bool live) {
  const PackedValue text = next();
  if (!live || !walker_.cursor()) return;
  value_.out.push({ElementKind::kStreamField, name, value_.text(text)});
}

void StreamNode::walk_entry() {
  const uint64_t flags = next_integer();
  StreamId id = master_;
  id.ms += next_integer();
  id.sequence += next_integer();
  if (flags > (kDeleted | kSameFields))
    walker_.fail(Code::kBadStream, "an entry has unknown flags");
  if (!walker_.cursor()) return;
  const bool live = (flags & kDeleted) == 0;
  live ? ++live_ : ++deleted_;
  if (live) value_.push({ElementKind::kStreamEntry, {}, {}, id.ms, id.sequence});
  uint64_t size = 3;
  if (flags & kSameFields) {
    const uint64_t repeated = live ? fields_bytes_ : 0;
    if (repeated > repeatable_) return walker_.fail(Code::kLimitExceeded, kTooMuchRepeated);
    repeatable_ -= repeated;
    for (const Bytes field : fields_) push_field(field, live);
    size += fields_.size();
  } else {
    const uint64_t count = next_integer();
    for (uint64_t i = 0; i < count && walker_.cursor(); ++i) {
      const PackedValue name = next();
      push_field(live ? value_.text(name) : Bytes(), live);
    }
    size += 1 + 2 * count;
  }
  if (next_integer() != size) walker_.fail(Code::kBadStream, "an entry's size is wrong");
}

uint64_t StreamNode::walk() {
  const uint64_t announced_live = next_integer();
  const uint64_t announced_deleted = next_integer();
  read_master_fields();
  while (walker_.cursor() && !at_end()) walk_entry();
  PackedValue end;
  if (walker_.cursor()) walker_.next(end);  // checks the listpack's own count
  if (live_ != announced_live || deleted_ != announced_deleted) {
    walker_.fail(Code::kBadStream, "a node's count of entries is wrong");
  }
  value_.adopt_failure(walker_.cursor());
  return live_;
}

// `length_must_fit`: Redis 8.8 refuses a stated length that is not the number of entries.
void decode_nodes(ValueReader& value, bool length_must_fit) {
  const uint64_t nodes = read_length(value.in);
  uint64_t live = 0;
  StreamId previous;
  for (uint64_t i = 0; i < nodes && value.in; ++i) {
    value.path.at(0, "node", i);
    const Blob key = value.read_blob();
    if (value.in && key.data.size() != 16) {
      return value.in.fail_at(Code::kBadStream, key.offset, "a node's id is not 16 bytes long");
    }
    Cursor id(key.data, key.offset, key.pinned);
    const StreamId master = read_raw_id(id);
    if (i != 0 && master <= previous) {
      return value.in.fail_at(Code::kBadStream, key.offset, "its nodes do not ascend");
    }
    previous = master;
    const Blob blob = value.read_blob();
    if (!value.in) return;
    live += StreamNode(value, master, blob).walk();
    value.out.flush();
  }
  const uint64_t stated = read_length(value.in);
  if (stated != live && (length_must_fit || nodes == 0)) {
    value.in.fail(Code::kBadStream, "its length is not its number of entries");
  }
  value.path.leave_elements();
  if (stated != live) value.remark(Code::kStreamLength, value.in.offset());
  value.summary.elements = stated;
}

struct Pending {
  StreamId id;
  uint64_t deliveries = 0;
  bool owned = false;
};

// The pending entries of a group, ascending by id. Memory is bounded by the bytes read: 25 an
// entry.
std::vector<Pending> read_pending(Cursor& in) {
  const uint64_t count = read_length(in);
  std::vector<Pending> pending;
  for (uint64_t i = 0; i < count; ++i) {
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
  value.out.push(
      {ElementKind::kStreamPending, consumer, {}, id.ms, id.sequence, entry->deliveries});
}

void decode_consumer(ValueReader& value, std::vector<Pending>& pending, int version) {
  const Blob name = value.read_blob();
  value.in.skip(version >= 3 ? 16 : 8);  // seen time, active time: clocks
  const uint64_t count = read_length(value.in);
  if (!value.in) return;
  value.out.push({ElementKind::kStreamConsumer, name.data});
  for (uint64_t i = 0; i < count && value.in; ++i) {
    value.path.at(2, "pending entry", i);
    if (name.data.size() * i > max_repeated_bytes(16 * i)) {
      return value.in.fail(Code::kLimitExceeded, kTooMuchRepeated);
    }
    claim_pending(value, pending, name.data);
  }
}

void decode_group(ValueReader& value, int version) {
  const Blob name = value.read_blob();
  const StreamId last = read_length_id(value.in);
  if (version >= 2) read_length(value.in);  // entries read, which older formats do not have
  if (!value.in) return;
  value.out.push({ElementKind::kStreamGroup, name.data, {}, last.ms, last.sequence});
  std::vector<Pending> pending = read_pending(value.in);
  const uint64_t consumers = read_length(value.in);
  for (uint64_t i = 0; i < consumers && value.in; ++i) {
    value.path.at(1, "consumer", i);
    decode_consumer(value, pending, version);
  }
  if (version >= 5) {
    const uint64_t handed_back = read_length(value.in);
    for (uint64_t i = 0; i < handed_back && value.in; ++i) {
      value.path.at(1, "entry handed back", i);
      claim_pending(value, pending, {});
    }
  }
  if (value.in && !std::ranges::all_of(pending, &Pending::owned)) {
    value.in.fail(Code::kBadStream, "a pending entry has no owner");
  }
}

// Ids that producers sent lately, kept for at most a day: read past, they are a clock's business.
void skip_producers(Cursor& in) {
  constexpr uint64_t kLongestSeconds = 86400;
  constexpr uint64_t kMostIds = 10000;
  const uint64_t seconds = read_length(in);  // how long ids are remembered
  const uint64_t most_ids = read_length(in);
  if (in && (seconds == 0 || seconds > kLongestSeconds || most_ids == 0 || most_ids > kMostIds)) {
    in.fail(Code::kBadStream, "its limits for remembered ids are out of range");
  }
  const uint64_t producers = read_length(in);
  for (uint64_t i = 0; i < producers && in; ++i) {
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
  decode_nodes(value, kVersion >= 5);
  const StreamId last = read_length_id(value.in);
  // First id, max deleted id, entries added: older formats do not have them, servers infer them.
  for (int i = 0; kVersion >= 2 && i < 5; ++i) read_length(value.in);
  const uint64_t groups = read_length(value.in);
  if (!value.in) return;
  value.out.push({ElementKind::kStreamLastId, {}, {}, last.ms, last.sequence});
  for (uint64_t i = 0; i < groups && value.in; ++i) {
    value.path.at(0, "group", i);
    decode_group(value, kVersion);
  }
  if (kVersion >= 4) skip_producers(value.in);
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
