// The kernels behind hash128_many(): one that runs everywhere, and faster ones for processors with
// instructions for AES, chosen when the program runs.
#pragma once

#include <atomic>
#include <span>
#include <string_view>

#include "engine/base/bytes.h"

namespace rdbproof {

// The longest string that is hashed by AES rounds; the byte behind it holds the length.
inline constexpr size_t kLongestShort = 31;

using ShortHashKernel = void (*)(const Bytes* first, size_t stride, size_t count,
                                 unsigned __int128* out);

struct NamedShortHashKernel {
  std::string_view name;
  ShortHashKernel kernel;
};

// Those that this processor can run, the fastest last. All give the same hashes.
std::span<const NamedShortHashKernel> short_hash_kernels();

namespace detail {
// Set by the first use.
extern std::atomic<ShortHashKernel> chosen_short_hash;
}  // namespace detail

inline ShortHashKernel short_hash_kernel() {
  return detail::chosen_short_hash.load(std::memory_order_relaxed);
}

}  // namespace rdbproof
