#include "engine/hash/sha1_avx512.h"

#if defined(__x86_64__)

#if !defined(__clang__)
// False alarms of g++ 12 on its own header (GCC bug 105593).
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif
#include <immintrin.h>

#define AVX512 __attribute__((target("avx512f,avx512bw")))
#define AVX512_INLINE AVX512 __attribute__((always_inline)) inline

namespace rdbproof {
namespace {

constexpr size_t kWidth = 16;  // messages a register
// A round waits for the one before it, so two groups of lanes take turns.
constexpr size_t kGroups = kSha1Lanes / kWidth;
constexpr size_t kWords = 5;  // of a digest
constexpr std::array<uint32_t, kWords> kStart{0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476,
                                              0xc3d2e1f0};

// Functions of three bits, as their tables.
constexpr int kChoose = 0xca;
constexpr int kParity = 0x96;
constexpr int kMajority = 0xe8;

struct Group {
  __m512i schedule[16];
  __m512i state[kWords];
};

AVX512_INLINE __m512i repeat(uint32_t word) {
  return _mm512_set1_epi32(static_cast<int>(word));
}

AVX512_INLINE __m512i swap_bytes(__m512i words) {
  const __m128i order = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
  return _mm512_shuffle_epi8(words, _mm512_broadcast_i32x4(order));
}

// Row i, column k becomes row k, column i.
AVX512_INLINE void transpose(__m512i* rows) {
  __m512i other[kWidth];
#pragma GCC unroll 8
  for (size_t i = 0; i < kWidth; i += 2) {
    other[i] = _mm512_unpacklo_epi32(rows[i], rows[i + 1]);
    other[i + 1] = _mm512_unpackhi_epi32(rows[i], rows[i + 1]);
  }
#pragma GCC unroll 4
  for (size_t i = 0; i < kWidth; i += 4) {
    rows[i] = _mm512_unpacklo_epi64(other[i], other[i + 2]);
    rows[i + 1] = _mm512_unpackhi_epi64(other[i], other[i + 2]);
    rows[i + 2] = _mm512_unpacklo_epi64(other[i + 1], other[i + 3]);
    rows[i + 3] = _mm512_unpackhi_epi64(other[i + 1], other[i + 3]);
  }
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; ++i) {
    other[i] = _mm512_shuffle_i32x4(rows[i], rows[i + 4], 0x88);
    other[i + 4] = _mm512_shuffle_i32x4(rows[i], rows[i + 4], 0xdd);
    other[i + 8] = _mm512_shuffle_i32x4(rows[i + 8], rows[i + 12], 0x88);
    other[i + 12] = _mm512_shuffle_i32x4(rows[i + 8], rows[i + 12], 0xdd);
  }
#pragma GCC unroll 4
  for (size_t i = 0; i < 4; ++i) {
    rows[i] = _mm512_shuffle_i32x4(other[i], other[i + 8], 0x88);
    rows[i + 4] = _mm512_shuffle_i32x4(other[i + 4], other[i + 12], 0x88);
    rows[i + 8] = _mm512_shuffle_i32x4(other[i], other[i + 8], 0xdd);
    rows[i + 12] = _mm512_shuffle_i32x4(other[i + 4], other[i + 12], 0xdd);
  }
}

// The word of round `i` >= 16, which replaces that of round i - 16.
AVX512_INLINE __m512i next_word(__m512i* schedule, size_t i) {
  const __m512i three = _mm512_ternarylogic_epi32(schedule[i & 15], schedule[(i + 2) & 15],
                                                  schedule[(i + 8) & 15], kParity);
  const __m512i four = _mm512_xor_si512(three, schedule[(i + 13) & 15]);
  return schedule[i & 15] = _mm512_rol_epi32(four, 1);
}

template <int function>
AVX512_INLINE void round(Group& group, size_t i, uint32_t constant) {
  auto& [a, b, c, d, e] = group.state;
  const __m512i word = i < 16 ? group.schedule[i] : next_word(group.schedule, i);
  const __m512i mixed = _mm512_ternarylogic_epi32(b, c, d, function);
  const __m512i early = _mm512_add_epi32(e, _mm512_add_epi32(word, repeat(constant)));
  const __m512i sum = _mm512_add_epi32(_mm512_add_epi32(early, mixed), _mm512_rol_epi32(a, 5));
  e = d;
  d = c;
  c = _mm512_rol_epi32(b, 30);
  b = a;
  a = sum;
}

template <int function>
AVX512_INLINE void twenty_rounds(Group* groups, size_t begin, uint32_t constant) {
#pragma GCC unroll 20
  for (size_t i = begin; i < begin + 20; ++i) {
#pragma GCC unroll 2
    for (size_t g = 0; g < kGroups; ++g) round<function>(groups[g], i, constant);
  }
}

AVX512_INLINE void compress(Group* groups) {
  __m512i before[kGroups][kWords];
  for (size_t g = 0; g < kGroups; ++g) {
    for (size_t k = 0; k < kWords; ++k) before[g][k] = groups[g].state[k];
  }
  twenty_rounds<kChoose>(groups, 0, 0x5a827999);
  twenty_rounds<kParity>(groups, 20, 0x6ed9eba1);
  twenty_rounds<kMajority>(groups, 40, 0x8f1bbcdc);
  twenty_rounds<kParity>(groups, 60, 0xca62c1d6);
  for (size_t g = 0; g < kGroups; ++g) {
    for (size_t k = 0; k < kWords; ++k) {
      groups[g].state[k] = _mm512_add_epi32(groups[g].state[k], before[g][k]);
    }
  }
}

AVX512_INLINE void start(Group& group) {
  for (size_t k = 0; k < kWords; ++k) group.state[k] = repeat(kStart[k]);
}

// The digests so far become messages.
AVX512_INLINE void load_digest(Group& group) {
  for (size_t i = 0; i < kWidth; ++i) {
    group.schedule[i] = i < kWords ? group.state[i] : _mm512_setzero_si512();
  }
  group.schedule[kWords] = repeat(0x80000000);
  group.schedule[kWidth - 1] = repeat(kWords * 32);
  start(group);
}

AVX512_INLINE void load_blocks(Group& group, const char* first, size_t stride) {
#pragma GCC unroll 16
  for (size_t i = 0; i < kWidth; ++i) {
    group.schedule[i] = swap_bytes(_mm512_loadu_si512(first + i * stride));
  }
  transpose(group.schedule);
}

AVX512_INLINE void store_digests(const Group& group, Sha1* digests) {
  constexpr __mmask16 kDigestMask = (1 << kWords) - 1;
  __m512i rows[kWidth];
#pragma GCC unroll 16
  for (size_t i = 0; i < kWidth; ++i) {
    rows[i] = i < kWords ? swap_bytes(group.state[i]) : _mm512_setzero_si512();
  }
  transpose(rows);
#pragma GCC unroll 16
  for (size_t i = 0; i < kWidth; ++i) {
    _mm512_mask_storeu_epi32(digests[i].data(), kDigestMask, rows[i]);
  }
}

}  // namespace

bool cpu_has_avx512() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw");
}

AVX512 void sha1_avx512(const char* messages, size_t blocks, Sha1Times times, Sha1* digests) {
  const size_t stride = blocks * kSha1BlockBytes;
  Group groups[kGroups];
  for (Group& group : groups) start(group);
  const size_t all_blocks = blocks + (times == Sha1Times::kTwice ? 1 : 0);
  for (size_t block = 0; block < all_blocks; ++block) {
    const char* const first = messages + block * kSha1BlockBytes;
    for (size_t g = 0; g < kGroups; ++g) {
      if (block == blocks) {
        load_digest(groups[g]);
      } else {
        load_blocks(groups[g], first + g * kWidth * stride, stride);
      }
    }
    compress(groups);
  }
  for (size_t g = 0; g < kGroups; ++g) store_digests(groups[g], digests + g * kWidth);
}

}  // namespace rdbproof

#endif
