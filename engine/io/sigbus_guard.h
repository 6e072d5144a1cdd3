// Keeps the process alive when a mapped file shrinks while it is read.
//
// The kernel sends SIGBUS to whoever touches a page that the file no longer has. For registered
// mappings, the page and everything after it in the mapping become zeros and the mapping is marked.
#pragma once

#include <cstddef>

namespace rdbproof {

class SigbusGuard {
 public:
  // Watches [begin, begin + length), page aligned, until destroyed. Destroy it before unmapping,
  // when nobody reads the mapping any more.
  SigbusGuard(char* begin, size_t length);
  ~SigbusGuard();
  SigbusGuard(const SigbusGuard&) = delete;
  SigbusGuard& operator=(const SigbusGuard&) = delete;

  // False if too many mappings are watched already or the signal cannot be handled.
  bool active() const { return slot_ >= 0; }
  // Whether some page could not be read.
  bool page_vanished() const;

 private:
  int slot_ = -1;
};

}  // namespace rdbproof
