// Large pieces of memory that come and go often.
#pragma once

#include <cstddef>
#include <memory>

namespace rdbproof {

// Cuts pieces off slabs of huge pages, which the system provides at a fraction of the cost of small
// ones. A slab goes back to the system with its last piece, or is used again. Not thread-safe;
// pieces may be released on any thread.
class Slabs {
 public:
  // Not initialised, aligned for any type.
  std::shared_ptr<char> allocate(size_t size);

 private:
  std::shared_ptr<char> slab_;
  size_t size_ = 0;
  size_t used_ = 0;
};

}  // namespace rdbproof
