// The graph of a vector set: each node has links to others, on its own level and those below.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "engine/hash/hash128.h"

namespace rdbproof {

// Collects nodes. What is wrong is told by a literal, null if nothing is. Servers walk the graph
// without further checks, so what does not fit crashes them.
class VectorGraph {
 public:
  // Compares at most `most_ids` of the nodes' ids, which take 8 bytes each.
  explicit VectorGraph(uint64_t most_ids) : most_ids_(most_ids) {}

  const char* begin_node(uint64_t id);
  // The links of the node begun last on one level; sorts them.
  const char* add_links(uint64_t level, std::vector<uint64_t>& links);
  // After the last node.
  const char* fault();

 private:
  uint64_t most_ids_;
  std::vector<uint64_t> ids_;
  uint64_t id_ = 0;
  // Every link adds a hash of its ends in one direction and takes it away in the other.
  Uint128 balance_ = 0;
};

}  // namespace rdbproof
