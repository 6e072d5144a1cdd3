// Memory that goes back to the system when it is freed.
#pragma once

#include <cstddef>

namespace rdbproof {

// For buffers of MiBs that pass from thread to thread: of those the heap keeps some for each.
// Memory is taken where it is written to. Movable; a moved-from object has no bytes.
class Pages {
 public:
  Pages() = default;
  // Throws std::bad_alloc.
  explicit Pages(size_t size);
  Pages(Pages&& other) noexcept;
  Pages& operator=(Pages&& other) noexcept;
  ~Pages();

  char* data() const { return data_; }
  size_t size() const { return size_; }

 private:
  char* data_ = nullptr;
  size_t size_ = 0;
};

}  // namespace rdbproof
