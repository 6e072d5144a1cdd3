// Writes the values of containers: the key with its type byte, then the value.
#pragma once

#include "bench/emitter.h"

namespace rdbproof::bench {

// A container's name, the number of its elements, and how long the random part of each is.
struct Shape {
  Bytes prefix;
  uint64_t number;
  uint64_t count;
  size_t shortest;
  size_t longest;
};

void packed_hash(Emitter& emit, const Shape& shape);
void table_hash(Emitter& emit, const Shape& shape);
// With an expiry on every other field; from RDB version 12 on.
void expiring_hash(Emitter& emit, const Shape& shape);
void integer_set(Emitter& emit, const Shape& shape);
// A listpack where the version has that, else a table.
void small_set(Emitter& emit, const Shape& shape);
void table_set(Emitter& emit, const Shape& shape);
void packed_zset(Emitter& emit, const Shape& shape);
void table_zset(Emitter& emit, const Shape& shape);
// A quicklist: nodes of at most 8 KiB.
void list(Emitter& emit, const Shape& shape);
// A list of one element too large for a packed node.
void plain_list(Emitter& emit, Bytes prefix, uint64_t number);

// A stream of `count` entries with consumer groups that have entries pending.
void stream(Emitter& emit, const Shape& shape, uint64_t groups);

}  // namespace rdbproof::bench
