// The low-level functions: see sha.cc. SHA1_Transform() takes a block in 16 ns, SHA1() in 58.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "engine/hash/sha1_many.h"

#include <openssl/sha.h>

#include <vector>

#include "engine/hash/sha1_avx512.h"

namespace rdbproof {
namespace {

constexpr size_t kPaddingBytes = 9;  // at least: a mark and the length

void store_big_endian(uint32_t word, uint8_t* bytes) {
  const uint32_t swapped = __builtin_bswap32(word);
  std::memcpy(bytes, &swapped, sizeof swapped);
}

Sha1 hash_padded(const char* message, size_t blocks) {
  SHA_CTX context;
  SHA1_Init(&context);
  for (size_t i = 0; i < blocks; ++i) {
    SHA1_Transform(&context, reinterpret_cast<const unsigned char*>(message) + i * kSha1BlockBytes);
  }
  Sha1 digest;
  store_big_endian(context.h0, digest.data());
  store_big_endian(context.h1, digest.data() + 4);
  store_big_endian(context.h2, digest.data() + 8);
  store_big_endian(context.h3, digest.data() + 12);
  store_big_endian(context.h4, digest.data() + 16);
  return digest;
}

// `padded` has room for `blocks` blocks.
void pad(Bytes message, size_t blocks, char* padded) {
  for (size_t i = 0; i < blocks; ++i) std::memset(padded + i * kSha1BlockBytes, 0, kSha1BlockBytes);
  message.copy(padded, message.size());
  padded[message.size()] = static_cast<char>(0x80);
  const uint64_t bits = __builtin_bswap64(message.size() * 8);
  std::memcpy(padded + blocks * kSha1BlockBytes - sizeof bits, &bits, sizeof bits);
}

Sha1 hash_digest(const Sha1& digest) {
  std::array<char, kSha1BlockBytes> padded;
  pad(as_bytes(digest), 1, padded.data());
  return hash_padded(padded.data(), 1);
}

void hash_plain(const char* messages, size_t blocks, Sha1Times times, size_t count, Sha1* digests) {
  for (size_t i = 0; i < count; ++i) {
    digests[i] = hash_padded(messages + i * blocks * kSha1BlockBytes, blocks);
    if (times == Sha1Times::kTwice) digests[i] = hash_digest(digests[i]);
  }
}

#if defined(__x86_64__)
void hash_avx512(const char* messages, size_t blocks, Sha1Times times, size_t count,
                 Sha1* digests) {
  constexpr size_t kFewest = 12;  // that cost less together than one by one
  if (count < kFewest) return hash_plain(messages, blocks, times, count, digests);
  sha1_avx512(messages, blocks, times, digests);
}
#endif

std::vector<Sha1Kernel> find_kernels() {
  std::vector<Sha1Kernel> kernels{{"plain", hash_plain}};
#if defined(__x86_64__)
  if (cpu_has_avx512()) kernels.push_back({"avx512", hash_avx512});
#endif
  return kernels;
}

}  // namespace

std::span<const Sha1Kernel> sha1_kernels() {
  static const std::vector<Sha1Kernel> kernels = find_kernels();
  return kernels;
}

Sha1Queue::Sha1Queue(const Sha1Kernel& kernel) : kernel_(kernel) {
  const auto prepare = [](Lot& lot, size_t blocks, Sha1Times times) {
    lot.blocks = blocks;
    lot.times = times;
    lot.messages = std::make_unique<char[]>(kSha1Lanes * blocks * kSha1BlockBytes);
  };
  for (const Sha1Times times : {Sha1Times::kOnce, Sha1Times::kTwice}) {
    const auto i = static_cast<size_t>(times);
    for (size_t blocks = 1; blocks <= kMostBlocks; ++blocks) {
      prepare(messages_[i][blocks - 1], blocks, times);
    }
    Lot& lot = digests_[i];
    prepare(lot, 1, times);
    for (; lot.count < kSha1Lanes; ++lot.count) pad(as_bytes(Sha1{}), 1, lot.next());
    lot.count = 0;
  }
}

void Sha1Queue::Place::deliver(const Sha1& digest) const {
  if (combines) {
    exclude_or(*result, digest);
  } else {
    *result = digest;
  }
}

void Sha1Queue::add(Bytes message, Sha1Times times, Place place) {
  if (message.size() + kPaddingBytes > kMostBlocks * kSha1BlockBytes) {
    const Sha1 digest = sha1(message);
    return place.deliver(times == Sha1Times::kTwice ? hash_digest(digest) : digest);
  }
  static_assert(kMostBlocks == 2);
  const size_t blocks = message.size() + kPaddingBytes > kSha1BlockBytes ? 2 : 1;
  Lot& lot = messages_[static_cast<size_t>(times)][blocks - 1];
  pad(message, blocks, lot.next());
  finish_add(lot, place);
}

void Sha1Queue::hash(Lot& lot) {
  std::array<Sha1, kSha1Lanes> digests;
  kernel_.hash(lot.messages.get(), lot.blocks, lot.times, lot.count, digests.data());
  for (size_t i = 0; i < lot.count; ++i) lot.places[i].deliver(digests[i]);
  lot.count = 0;
}

void Sha1Queue::run() {
  const auto hash_rest = [this](auto& lots) {
    for (Lot& lot : lots) {
      if (lot.count != 0) hash(lot);
    }
  };
  for (auto& lots : messages_) hash_rest(lots);
  hash_rest(digests_);
}

}  // namespace rdbproof
