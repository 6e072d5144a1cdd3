// SHA-1 of many short messages at once: they share the lanes of the vector unit.
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string_view>

#include "engine/hash/sha.h"

namespace rdbproof {

inline constexpr size_t kSha1BlockBytes = 64;
inline constexpr size_t kSha1Lanes = 32;

// What is delivered: SHA1(message), or the SHA-1 of that.
enum class Sha1Times : uint8_t { kOnce, kTwice };

// One way to hash up to kSha1Lanes messages, which lie one behind the other, padded to `blocks`
// blocks each. There is memory for kSha1Lanes messages and digests, whatever `count` is; what lies
// behind `count` has no meaning.
struct Sha1Kernel {
  std::string_view name;
  void (*hash)(const char* messages, size_t blocks, Sha1Times times, size_t count, Sha1* digests);
};

// Those that this processor can run: the plain one first, the fastest last.
std::span<const Sha1Kernel> sha1_kernels();

// Takes messages and delivers their digests some time later, by run() at the latest. Results must
// stay where they are until then, messages need not.
class Sha1Queue {
 public:
  explicit Sha1Queue(const Sha1Kernel& kernel = sha1_kernels().back());

  // result = the digest. The message may be the result.
  template <class Message>
  void store(const Message& message, Sha1& result, Sha1Times times = Sha1Times::kOnce) {
    add(message, times, {&result, false});
  }
  // result ^= the digest
  template <class Message>
  void combine(const Message& message, Sha1& result, Sha1Times times = Sha1Times::kOnce) {
    add(message, times, {&result, true});
  }
  void run();

 private:
  // Longer messages gain too little from company.
  static constexpr size_t kMostBlocks = 2;

  struct Place {
    Sha1* result;
    bool combines;

    void deliver(const Sha1& digest) const;
  };
  // Messages of equally many blocks.
  struct Lot {
    size_t blocks = 1;
    Sha1Times times = Sha1Times::kOnce;
    size_t count = 0;
    std::unique_ptr<char[]> messages;
    std::array<Place, kSha1Lanes> places;

    char* next() { return messages.get() + count * blocks * kSha1BlockBytes; }
  };

  void add(Bytes message, Sha1Times times, Place place);
  // The padding of these is there already.
  void add(const Sha1& message, Sha1Times times, Place place) {
    Lot& lot = digests_[static_cast<size_t>(times)];
    std::memcpy(lot.next(), message.data(), message.size());
    finish_add(lot, place);
  }
  void finish_add(Lot& lot, Place place) {
    lot.places[lot.count] = place;
    if (++lot.count == kSha1Lanes) hash(lot);
  }
  void hash(Lot& lot);

  Sha1Kernel kernel_;
  std::array<std::array<Lot, kMostBlocks>, 2> messages_;  // by times, and blocks - 1
  std::array<Lot, 2> digests_;                            // the messages are digests; by times
};

}  // namespace rdbproof
