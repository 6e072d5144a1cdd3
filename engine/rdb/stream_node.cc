#include "engine/rdb/stream_node.h"

#include <algorithm>
#include <vector>

#include "engine/base/limits.h"
#include "engine/encoding/listpack.h"

namespace rdbproof {
namespace {

// A node: entries as differences to a master entry, in one listpack.
//   count, deleted, field count, field names, 0
//   entry: flags, ms and sequence difference, [field count, names and values | values], entry size
class StreamNode {
 public:
  StreamNode(ValueReader& value, StreamId master, const Blob& blob, StreamEntries& entries)
      : value_(value),
        master_(master),
        walker_(blob),
        entries_(entries),
        repeatable_(max_repeated_bytes(blob.data.size())) {}

  void walk();

 private:
  static constexpr uint64_t kDeleted = 1;
  static constexpr uint64_t kSameFields = 2;

  bool at_end() const { return walker_.cursor().remaining() <= 1; }
  PackedValue next();
  uint64_t next_integer();
  StreamId next_id();
  void read_master_fields();
  void check_order(StreamId id);
  void walk_entry();
  uint64_t walk_fields(bool same_as_master, bool live);
  __attribute__((always_inline)) void push_field(Bytes name, bool live);

  ValueReader& value_;
  StreamId master_;
  ListpackWalker walker_;
  StreamEntries& entries_;
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
  PackedValue item;
  if (walker_.next(item) && item.is_integer) [[likely]]
    return static_cast<uint64_t>(item.integer);
  walker_.fail(Code::kBadStream, item.text.data() == nullptr
                                     ? "a node ends in the middle of an entry"
                                     : "text stands where a node must have an integer");
  return 0;
}

// The difference of the sequences is negative where the time is a later one.
StreamId StreamNode::next_id() {
  const uint64_t later = next_integer();
  const uint64_t sequence = master_.sequence + next_integer();
  if (later > ~uint64_t{0} - master_.ms) {
    walker_.fail(Code::kBadStream, "the time in an entry's id exceeds 64 bits");
  }
  return {master_.ms + later, sequence};
}

void StreamNode::read_master_fields() {
  const uint64_t count = next_integer();
  for (uint64_t i = 0; i < count && walker_.cursor(); ++i) {
    fields_.push_back(text_of(next(), value_.blob_arena));
    fields_bytes_ += fields_.back().size();
  }
  if (next_integer() != 0) walker_.fail(Code::kBadStream, "a master entry has no end");
}

// An entry comes after all that were not deleted when it was added. That it may come before a
// deleted one is due to XSETID of Redis 5.0 to 6.2, which could go back behind those.
void StreamNode::check_order(StreamId id) {
  if (id > entries_.highest && id >= master_) [[likely]]
    return;
  if (id < master_) {
    walker_.fail(Code::kBadStream, "the id of an entry is before that of its node");
  } else if (id <= entries_.last_live) {
    walker_.fail(Code::kBadStream, "the ids of its entries do not ascend");
  } else {
    value_.remark(Code::kStreamMetadata, walker_.cursor().offset(),
                  "an entry follows a deleted one with a later id");
  }
}

inline void StreamNode::push_field(Bytes name, bool live) {
  const PackedValue text = next();
  if (!live || !walker_.cursor()) return;
  value_.out.push({ElementKind::kStreamField, name, value_.text(text)});
}

// Returns how many items of the listpack they are.
uint64_t StreamNode::walk_fields(bool same_as_master, bool live) {
  if (same_as_master) {
    const uint64_t repeated = live ? fields_bytes_ : 0;
    if (repeated > repeatable_) {
      walker_.fail(Code::kLimitExceeded, "a long name that is repeated too often");
      return 0;
    }
    repeatable_ -= repeated;
    for (const Bytes field : fields_) push_field(field, live);
    return fields_.size();
  }
  const uint64_t count = next_integer();
  for (uint64_t i = 0; i < count && walker_.cursor(); ++i) {
    const PackedValue name = next();
    push_field(live ? value_.text(name) : Bytes(), live);
  }
  return 1 + 2 * count;
}

void StreamNode::walk_entry() {
  const uint64_t flags = next_integer();
  const StreamId id = next_id();
  if (flags > (kDeleted | kSameFields)) {
    walker_.fail(Code::kBadStream, "an entry has unknown flags");
  }
  if (walker_.cursor()) check_order(id);
  if (!walker_.cursor()) return;
  const bool live = (flags & kDeleted) == 0;
  if (live) value_.out.push({ElementKind::kStreamEntry, {}, {}, id.ms, id.sequence});
  const uint64_t size = 3 + walk_fields((flags & kSameFields) != 0, live);
  if (next_integer() != size) walker_.fail(Code::kBadStream, "an entry's size is wrong");
  if (!walker_.cursor()) return;
  entries_.highest = std::max(entries_.highest, id);
  if (!live) {
    ++deleted_;
    return;
  }
  if (entries_.live++ == 0) entries_.first_live = id;
  entries_.last_live = id;
  ++live_;
  ++value_.summary.elements;
}

void StreamNode::walk() {
  const uint64_t announced_live = next_integer();
  const uint64_t announced_deleted = next_integer();
  read_master_fields();
  while (walker_.cursor() && !at_end()) walk_entry();
  PackedValue end;
  if (walker_.cursor()) walker_.next(end);  // checks the listpack's own count
  if (walker_.cursor() && (live_ != announced_live || deleted_ != announced_deleted)) {
    value_.path.leave_items();
    walker_.fail(Code::kBadStream, "a node's count of entries is wrong");
  }
  value_.adopt(walker_);
}

}  // namespace

void walk_stream_node(ValueReader& value, StreamId master, const Blob& blob,
                      StreamEntries& entries) {
  StreamNode(value, master, blob, entries).walk();
}

}  // namespace rdbproof
