#include "engine/hash/short_hash.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <vector>

#include "engine/hash/hash128.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace rdbproof {
namespace {

// The first bits of the fractional part of pi; without it states with equal columns would stay so.
constexpr std::array<uint64_t, 2> kKey = {0x243F6A8885A308D3, 0x13198A2E03707344};
constexpr int kRoundsForHalf = 4;

const Bytes& string_at(const Bytes* first, size_t stride, size_t index) {
  return *reinterpret_cast<const Bytes*>(reinterpret_cast<const char*>(first) + stride * index);
}

constexpr uint8_t times_two(uint8_t x) {
  return static_cast<uint8_t>(x << 1 ^ (x >> 7) * 0x1B);
}

// FIPS 197, 5.1.1: the inverse in GF(2^8), by walking through the powers of 3 and of its inverse,
// and an affine map.
constexpr std::array<uint8_t, 256> make_s_box() {
  std::array<uint8_t, 256> box{};
  uint8_t p = 1;
  uint8_t q = 1;
  do {
    p = static_cast<uint8_t>(p ^ times_two(p));
    q ^= static_cast<uint8_t>(q << 1);
    q ^= static_cast<uint8_t>(q << 2);
    q ^= static_cast<uint8_t>(q << 4);
    if (q & 0x80) q ^= 0x09;
    box[p] = static_cast<uint8_t>(q ^ std::rotl(q, 1) ^ std::rotl(q, 2) ^ std::rotl(q, 3) ^
                                  std::rotl(q, 4) ^ 0x63);
  } while (p != 1);
  box[0] = 0x63;
  return box;
}

// What a byte in the first row contributes to its column, the first row in the lowest byte.
constexpr std::array<uint32_t, 256> make_columns() {
  constexpr std::array<uint8_t, 256> kBox = make_s_box();
  std::array<uint32_t, 256> columns{};
  for (size_t i = 0; i < columns.size(); ++i) {
    const uint32_t once = kBox[i];
    const uint32_t twice = times_two(kBox[i]);
    columns[i] = twice | once << 8 | once << 16 | (once ^ twice) << 24;
  }
  return columns;
}

constexpr std::array<uint32_t, 256> kColumns = make_columns();

class PlainState {
 public:
  void add(const uint8_t* block) {
    for (size_t i = 0; i < words_.size(); ++i) {
      words_[i] ^= load_le<uint32_t>(reinterpret_cast<const char*>(block) + 4 * i);
    }
  }
  void add_key() {
    for (size_t i = 0; i < words_.size(); ++i) {
      words_[i] ^= static_cast<uint32_t>(kKey[i / 2] >> (32 * (i % 2)));
    }
  }
  // SubBytes, ShiftRows, MixColumns, AddRoundKey.
  void round() {
    const std::array<uint32_t, 4> old = words_;
    for (size_t i = 0; i < words_.size(); ++i) {
      uint32_t column = 0;
      for (int row = 0; row < 4; ++row) {
        const uint32_t word = old[(i + static_cast<size_t>(row)) % 4];
        column ^= std::rotl(kColumns[word >> (8 * row) & 255], 8 * row);
      }
      words_[i] = column;
    }
    add_key();
  }
  Uint128 number() const {
    return make_uint128(uint64_t{words_[3]} << 32 | words_[2],
                        uint64_t{words_[1]} << 32 | words_[0]);
  }

 private:
  std::array<uint32_t, 4> words_{};
};

Uint128 hash_plain(Bytes string) {
  std::array<uint8_t, kLongestShort + 1> padded{};
  std::copy(string.begin(), string.end(), padded.begin());
  padded[kLongestShort] = static_cast<uint8_t>(string.size());
  PlainState state;
  state.add_key();
  for (size_t half = 0; half < padded.size(); half += 16) {
    state.add(padded.data() + half);
    for (int i = 0; i < kRoundsForHalf; ++i) state.round();
  }
  return state.number();
}

void hash_all_plain(const Bytes* first, size_t stride, size_t count, Uint128* out) {
  for (size_t i = 0; i < count; ++i) {
    const Bytes& string = string_at(first, stride, i);
    out[i] = string.size() > kLongestShort ? xxh3_128(string) : hash_plain(string);
  }
}

#ifdef __x86_64__

// An empty string may have no address, and a masked load from there is slow.
inline const char* readable(const Bytes& string) {
  static constexpr char kNothing[32] = {};
  return string.empty() ? kNothing : string.data();
}

#define AES_TARGET gnu::target("aes,sse4.1")
#define WIDE_TARGET gnu::target("aes,avx2,bmi2,avx512bw,avx512vl")

[[AES_TARGET, gnu::always_inline, gnu::no_sanitize_address]] inline Uint128 rounds(__m128i low,
                                                                                   __m128i high) {
  const __m128i key =
      _mm_set_epi64x(static_cast<long long>(kKey[1]), static_cast<long long>(kKey[0]));
  __m128i state = _mm_xor_si128(low, key);
  for (int i = 0; i < kRoundsForHalf; ++i) state = _mm_aesenc_si128(state, key);
  state = _mm_xor_si128(state, high);
  for (int i = 0; i < kRoundsForHalf; ++i) state = _mm_aesenc_si128(state, key);
  return std::bit_cast<Uint128>(state);
}

// `size` <= 16 bytes, the others zero. Reads 16 where they are on one page: what lies behind a
// string is of no consequence, only whether it may be read.
[[AES_TARGET, gnu::always_inline, gnu::no_sanitize_address]] inline __m128i load_part(
    const char* data, size_t size) {
  alignas(32) static constexpr std::array<uint8_t, 32> kMask = [] {
    std::array<uint8_t, 32> mask{};
    std::fill(mask.begin(), mask.begin() + 16, uint8_t{0xFF});
    return mask;
  }();
  constexpr uintptr_t kPage = 4096;
  if (reinterpret_cast<uintptr_t>(data) % kPage <= kPage - 16) [[likely]] {
    const __m128i mask =
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(kMask.data() + 16 - size));
    return _mm_and_si128(_mm_loadu_si128(reinterpret_cast<const __m128i*>(data)), mask);
  }
  std::array<char, 16> copy{};
  for (size_t i = 0; i < size; ++i) copy[i] = data[i];
  return std::bit_cast<__m128i>(copy);
}

[[AES_TARGET, gnu::no_sanitize_address]] void hash_all_aes(const Bytes* first, size_t stride,
                                                           size_t count, Uint128* out) {
  for (size_t i = 0; i < count; ++i) {
    const Bytes& string = string_at(first, stride, i);
    const size_t size = string.size();
    if (size > kLongestShort) [[unlikely]] {
      out[i] = xxh3_128(string);
      continue;
    }
    const __m128i low = load_part(readable(string), std::min<size_t>(size, 16));
    const __m128i high =
        size <= 16 ? _mm_setzero_si128() : load_part(string.data() + 16, size - 16);
    out[i] = rounds(low, _mm_insert_epi8(high, static_cast<int>(size), 15));
  }
}

[[WIDE_TARGET]] void hash_all_wide(const Bytes* first, size_t stride, size_t count, Uint128* out) {
  for (size_t i = 0; i < count; ++i) {
    const Bytes& string = string_at(first, stride, i);
    const size_t size = string.size();
    if (size > kLongestShort) [[unlikely]] {
      out[i] = xxh3_128(string);
      continue;
    }
    // Does not touch what the mask leaves out.
    const __mmask32 mask = _bzhi_u32(UINT32_MAX, static_cast<uint32_t>(size));
    const __m256i padded = _mm256_maskz_loadu_epi8(mask, readable(string));
    const __m128i high = _mm256_extracti128_si256(padded, 1);
    out[i] =
        rounds(_mm256_castsi256_si128(padded), _mm_insert_epi8(high, static_cast<int>(size), 15));
  }
}

#endif

std::vector<NamedShortHashKernel> find_kernels() {
  std::vector<NamedShortHashKernel> kernels = {{"plain", hash_all_plain}};
#ifdef __x86_64__
  const bool has_aes = __builtin_cpu_supports("aes") && __builtin_cpu_supports("sse4.1");
  if (has_aes) kernels.push_back({"aes", hash_all_aes});
  if (has_aes && __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl")) {
    kernels.push_back({"aes-avx512", hash_all_wide});
  }
#endif
  return kernels;
}

void choose(const Bytes* first, size_t stride, size_t count, Uint128* out) {
  detail::chosen_short_hash = short_hash_kernels().back().kernel;
  short_hash_kernel()(first, stride, count, out);
}

}  // namespace

std::span<const NamedShortHashKernel> short_hash_kernels() {
  static const std::vector<NamedShortHashKernel> kernels = find_kernels();
  return kernels;
}

constinit std::atomic<ShortHashKernel> detail::chosen_short_hash = choose;

}  // namespace rdbproof
