#include "engine/model/element_batch.h"

namespace rdbproof {

// A thread may hold it for several arenas.
static std::recursive_mutex& large_blocks() {
  static std::recursive_mutex mutex;
  return mutex;
}

char* TextArena::allocate_block(size_t size) {
  const size_t block_bytes = size > kBlockBytes ? size : kBlockBytes;
  if (size > kLargeBytes && !large_.owns_lock()) large_ = std::unique_lock(large_blocks());
  blocks_.push_back({std::make_unique_for_overwrite<char[]>(block_bytes), block_bytes});
  next_ = blocks_.back().data.get() + size;
  left_ = block_bytes - size;
  return blocks_.back().data.get();
}

void TextArena::forget() {
  if (blocks_.size() > 1 || (!blocks_.empty() && blocks_[0].size > kBlockBytes)) blocks_.clear();
  if (large_) large_ = {};
  used_ = 0;
  next_ = blocks_.empty() ? nullptr : blocks_[0].data.get();
  left_ = blocks_.empty() ? 0 : blocks_[0].size;
}

}  // namespace rdbproof
