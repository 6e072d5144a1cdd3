// Records that only Dragonfly writes, other than its compressed blocks. The facts are from its
// src/server/rdb_save.cc, rdb_load.cc and search/serialization_utils.cc of August 2026.
#include <string>

#include "engine/rdb/record_state.h"

namespace rdbproof {
namespace {

// Nodes come in the order of their numbers, from 0; levels are drawn at random and small. What
// looks otherwise was written before the entry point came to the record (May 2026), or is damaged:
// the two cannot be told apart.
void skip_vector_node(Cursor& in, uint64_t number) {
  constexpr uint32_t kMaxLevel = 255;
  const uint64_t id = in.u32_le();
  in.skip(8);  // number of the document
  const uint32_t level = in.u32_le();
  if (in && (id != number || level > kMaxLevel)) {
    in.fail(Code::kUnsupportedRecord, "a vector index in an unknown order");
  }
  for (uint32_t i = 0; i <= level && in; ++i) in.skip(uint64_t{in.u32_le()} * 4);
}

}  // namespace

// Flags: 1 a sticky key, 2 flags of the memcached protocol follow.
void skip_key_mask(Cursor& in, const FileContext& /*file*/) {
  constexpr uint32_t kSticky = 1;
  constexpr uint32_t kHasClientFlags = 2;
  const uint32_t flags = in.u32_le();
  if ((flags & ~(kSticky | kHasClientFlags)) != 0) {
    return in.fail(Code::kUnsupportedRecord, "a key mask with unknown flags");
  }
  if ((flags & kHasClientFlags) != 0) in.skip(4);
}

// Name, entry point, count of nodes (no index without any is written), nodes. The server can
// rebuild the index from the keys.
void skip_vector_index(Cursor& in, const FileContext& /*file*/) {
  skip_string(in);
  read_length(in);
  const uint64_t nodes = read_length(in);
  if (in && nodes == 0) in.fail(Code::kUnsupportedRecord, "a vector index without nodes");
  for (uint64_t i = 0; i < nodes && in; ++i) skip_vector_node(in, i);
}

// Number of the value, length, bytes of the value. Dragonfly cuts a value that outgrows its buffer
// (64 KiB) into such pieces; the first begins with type and key, with the attributes before them,
// the others go on anywhere between two elements. Pieces of several values interleave and stand, by
// default, in different compressed blocks, so the value cannot be put together within a frame.
void skip_tagged_chunk(Cursor& in, const FileContext& /*file*/) {
  in.skip(4);
  in.skip(in.u32_le());
}

void read_tagged_chunk(RecordState& state, Cursor& in) {
  const uint32_t number = in.u32_le();
  const uint32_t length = in.u32_le();
  in.skip(length);
  if (!in) return;
  if (number == 0 || length == 0) {
    return state.report(Code::kBadLength, state.record_offset, "a piece of no value");
  }
  state.report(Code::kUnsupportedRecord, state.record_offset,
               "tagged-chunk: a piece of value " + std::to_string(number));
}

}  // namespace rdbproof
