// Collects the elements of one value and hands them on in batches.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "engine/model/event.h"

namespace rdbproof {

// Memory for strings that are not in the file as they are: integers as text, decompressed ones.
// Memory is kept over reset(), up to a bound.
class TextArena {
 public:
  // `size` writable bytes, valid until reset(). The caller has compared `size` with its limits.
  char* allocate(size_t size) {
    used_ += size;
    if (size > left_) [[unlikely]]
      return allocate_block(size);
    char* const memory = next_;
    next_ += size;
    left_ -= size;
    return memory;
  }
  void reset() {
    if (used_ != 0) forget();
  }
  size_t used() const { return used_; }

 private:
  struct Block {
    std::unique_ptr<char[]> data;
    size_t size;
  };
  static constexpr size_t kBlockBytes = 64 * 1024;
  static constexpr size_t kLargeBytes = 4 * 1024 * 1024;
  char* allocate_block(size_t size);
  void forget();

  // Held while there are large blocks, so that one thread at a time has them.
  std::unique_lock<std::recursive_mutex> large_;
  std::vector<Block> blocks_;
  char* next_ = nullptr;
  size_t left_ = 0;
  size_t used_ = 0;
};

class ElementBatch {
 public:
  explicit ElementBatch(EventSink& sink) : sink_(sink) {}

  // Elements until the next begin() belong to `key`, which must outlive them.
  void begin(const Key& key) {
    key_ = &key;
    count_ = 0;
    bytes_ = 0;
    arena_.reset();
  }

  void push(const Element& element) { push(element, element.a.size() + element.b.size()); }
  // Of which `bytes` belong to the value itself; not, say, the names of a stream's consumers.
  void push(const Element& element, uint64_t bytes) {
    append(element, bytes);
    if (is_full()) flush();
  }

  // Two elements that share strings of the arena; as many bytes belong to the value.
  void push_pair(const Element& first, const Element& second, uint64_t bytes) {
    append(first, bytes);
    append(second, 0);
    if (is_full()) flush();
  }

  // Hands on what is there; strings from the arena die. Call before anything that the pushed
  // elements point to goes away.
  void flush() {
    if (count_ != 0) sink_.elements(*key_, std::span<const Element>(items_.data(), count_));
    count_ = 0;
    arena_.reset();
  }

  // For strings of the elements to come, until the next push.
  TextArena& arena() { return arena_; }
  // Sum of the lengths of what the elements of this key hold so far.
  uint64_t bytes() const { return bytes_; }

 private:
  static constexpr size_t kCapacity = 128;
  static constexpr size_t kArenaBytes = 1024 * 1024;

  void append(const Element& element, uint64_t bytes) {
    items_[count_++] = element;
    bytes_ += bytes;
  }
  bool is_full() const { return count_ >= kCapacity || arena_.used() > kArenaBytes; }

  EventSink& sink_;
  const Key* key_ = nullptr;
  size_t count_ = 0;
  uint64_t bytes_ = 0;
  TextArena arena_;
  std::array<Element, kCapacity + 1> items_;  // one more for the second of a pair
};

}  // namespace rdbproof
