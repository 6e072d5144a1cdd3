#include "engine/base/slabs.h"

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <new>

namespace rdbproof {
namespace {

constexpr size_t kSlabBytes = size_t{2} << 20;  // a huge page, where these are used
constexpr size_t kAlignment = 64;

size_t round_up(size_t size, size_t unit) {
  return (size + unit - 1) / unit * unit;
}

std::shared_ptr<char> map_slab(size_t size) {
  const size_t mapped = size + kSlabBytes;
  void* const map =
      ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (map == MAP_FAILED) throw std::bad_alloc();
  char* const begin = static_cast<char*>(map);
  const size_t before = (kSlabBytes - reinterpret_cast<uintptr_t>(begin) % kSlabBytes) % kSlabBytes;
  if (before != 0) ::munmap(begin, before);
  ::munmap(begin + before + size, kSlabBytes - before);
  return {begin + before, [size](char* slab) { ::munmap(slab, size); }};
}

}  // namespace

std::shared_ptr<char> Slabs::allocate(size_t size) {
  size = round_up(size, kAlignment);
  if (slab_.use_count() == 1) {
    std::atomic_thread_fence(std::memory_order_acquire);  // after the last reader of its pieces
    used_ = 0;
  }
  if (!slab_ || size > size_ - used_) {
    size_ = round_up(size, kSlabBytes);
    slab_.reset();
    slab_ = map_slab(size_);
    used_ = 0;
  }
  char* const piece = slab_.get() + used_;
  used_ += size;
  return {slab_, piece};
}

}  // namespace rdbproof
