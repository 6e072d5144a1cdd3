// Thirty-two SHA-1 at once, for x86-64 with AVX-512.
#pragma once

#include "engine/hash/sha1_many.h"

namespace rdbproof {

#if defined(__x86_64__)
bool cpu_has_avx512();
// Always 32 messages; otherwise as Sha1Kernel::hash.
void sha1_avx512(const char* messages, size_t blocks, Sha1Times times, Sha1* digests);
#endif

}  // namespace rdbproof
