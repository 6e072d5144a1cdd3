// The nodes of a stream: entries in listpacks.
#pragma once

#include <compare>
#include <cstdint>

#include "engine/hash/hash128.h"
#include "engine/rdb/value_reader.h"

namespace rdbproof {

struct StreamId {
  uint64_t ms = 0;
  uint64_t sequence = 0;

  Uint128 number() const { return make_uint128(ms, sequence); }
  bool operator==(const StreamId&) const = default;
  auto operator<=>(const StreamId& other) const { return number() <=> other.number(); }
};

// Ids in nodes and pending lists: 16 bytes, big-endian.
inline StreamId read_raw_id(Cursor& in) {
  const uint64_t ms = in.u64_be();
  return {ms, in.u64_be()};
}

// What the nodes up to some place hold.
struct StreamEntries {
  uint64_t live = 0;
  StreamId first_live;  // 0-0, which no entry can have, if there is none
  StreamId last_live;
  StreamId highest;  // the deleted ones included
};

// Pushes the live entries of a node and adds them to `entries`.
void walk_stream_node(ValueReader& value, StreamId master, const Blob& blob,
                      StreamEntries& entries);

}  // namespace rdbproof
