// Redis' ordered digests, many at once. Adding data in order is d = SHA1(d ^ SHA1(data)), so that
// one chain is sequential; but chains do not depend on each other and advance side by side.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/hash/sha1_many.h"

namespace rdbproof {

// Takes a bounded amount of data, has_room() says whether there is more room; run() works it off.
// Results and sums must stay where they are until then.
class DigestChains {
 public:
  DigestChains();

  // Every chain, and every second string of a pair, needs an input more.
  bool has_room(size_t inputs) const { return input_count_ + inputs <= kMostInputs; }

  // A chain from `start`: result = its end.
  void begin(const Sha1& start, Sha1& result);
  // A chain from zero: sum ^= SHA1(its end ^ mark).
  void begin_element(Sha1& sum, const Sha1& mark);
  // To the chain begun last. No pair may have been added since.
  void append(Bytes data) { queue_.store(data, append_input()); }
  void append_hash(const Sha1& hash) { append_input() = hash; }

  // A chain from zero of two strings: sum ^= SHA1(its end).
  void add_pair(Bytes first, Bytes second, Sha1& sum);
  // Another one, with the first string of the last.
  void add_second(Bytes second, Sha1& sum);

  // sum ^= SHA1(data), which has room always.
  template <class Data>
  void combine(const Data& data, Sha1& sum) {
    queue_.combine(data, sum);
  }

  // All results are there, and there is room again.
  void run();

 private:
  // So few that they stay in the cache of the second level, so many that there are lists enough to
  // fill the lanes.
  static constexpr size_t kMostInputs = 8192;

  struct Chain {
    Sha1 state;
    Sha1* result;
    const Sha1* mark;  // null unless it is an element
    uint32_t next;     // of its inputs
    uint32_t end;
  };
  struct Pair {
    uint32_t first;  // inputs; the first is hashed twice, that is, appended to zero
    uint32_t second;
    Sha1* sum;
  };

  uint32_t add_input(Bytes data, Sha1Times times);
  Sha1& append_input();
  bool advance(Chain& chain);

  Sha1Queue queue_;
  std::unique_ptr<Sha1[]> inputs_;  // hashes of the data
  size_t input_count_ = 0;
  std::vector<Chain> chains_;
  std::vector<Pair> pairs_;
  std::vector<uint32_t> unfinished_;  // chains, while running
};

}  // namespace rdbproof
