// A stream as DUMP's body, from what the commands say of it.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/rdb/stream_node.h"

namespace rdbproof {

struct StreamEntry {
  StreamId id;
  std::vector<std::string> texts{};  // names and values in turn
};

struct PendingEntry {
  StreamId id;
  std::string consumer;
  uint64_t deliveries = 0;
};

struct StreamGroup {
  std::string name;
  StreamId last_delivered;
  uint64_t pending_count = 0;  // as the server states
  std::vector<std::string> consumers{};
  std::vector<PendingEntry> pending{};  // ascending by id
};

struct StreamContent {
  std::string nodes;  // in their RDB form
  uint64_t node_count = 0;
  uint64_t entries = 0;
  StreamId first;  // entry
  StreamId last;   // that ever was
  std::vector<StreamGroup> groups;
};

// Appends one node of these entries, of which there are some, and which ascend.
void append_stream_node(StreamContent& stream, std::span<const StreamEntry> entries);

// The pending entries of a group belong to its consumers, or to none if the name is empty and not
// one of theirs: those were handed back.
std::string stream_body(const StreamContent& stream);

// Whether that holds.
bool owners_are_known(const StreamGroup& group);

}  // namespace rdbproof
