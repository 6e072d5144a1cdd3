#include "engine/scan/mapped_frame.h"

#include <sys/mman.h>

namespace rdbproof {

MappedFrame::~MappedFrame() {
  constexpr uintptr_t kPage = 4096;
  const auto begin = (reinterpret_cast<uintptr_t>(bytes_.data()) + kPage - 1) / kPage * kPage;
  const auto end = (reinterpret_cast<uintptr_t>(bytes_.data()) + bytes_.size()) / kPage * kPage;
  // Only a hint: where pages are larger it fails, and nothing is lost.
  if (begin < end) ::madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

}  // namespace rdbproof
