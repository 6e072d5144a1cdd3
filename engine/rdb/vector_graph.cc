#include "engine/rdb/vector_graph.h"

#include <algorithm>

namespace rdbproof {
namespace {

Uint128 hash_of_link(uint64_t low, uint64_t high, uint64_t level) {
  const std::array<uint64_t, 3> numbers{low, high, level};
  return hash128({reinterpret_cast<const char*>(numbers.data()), sizeof(numbers)});
}

}  // namespace

const char* VectorGraph::begin_node(uint64_t id) {
  id_ = id;
  if (id == 0) return "a node without a number";
  if (ids_.size() < most_ids_) ids_.push_back(id);
  return nullptr;
}

const char* VectorGraph::add_links(uint64_t level, std::vector<uint64_t>& links) {
  std::ranges::sort(links);
  if (std::ranges::adjacent_find(links) != links.end()) return "a node has a link twice";
  for (const uint64_t other : links) {
    if (other == id_) return "a node has a link to itself";
    if (id_ < other) {
      balance_ += hash_of_link(id_, other, level);
    } else {
      balance_ -= hash_of_link(other, id_, level);
    }
  }
  return nullptr;
}

const char* VectorGraph::fault() {
  if (balance_ != 0) return "a link goes in one direction only";
  std::ranges::sort(ids_);
  const bool repeated = std::ranges::adjacent_find(ids_) != ids_.end();
  return repeated ? "two nodes have the same number" : nullptr;
}

}  // namespace rdbproof
