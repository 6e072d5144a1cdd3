// The random choices of one mutation, and the values that tend to break parsers.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "bench/random.h"
#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {

class Chooser {
 public:
  explicit Chooser(const Mutation& mutation)
      : random_(mutation.seed), bytes_(mutation.bytes), capacity_(mutation.capacity) {}

  uint64_t below(uint64_t limit) { return random_.below(limit); }
  bool one_in(uint64_t n) { return random_.one_in(n); }
  template <class Range>
  auto& pick(Range& range) {
    return range[below(std::size(range))];
  }

  // `text` with some bytes changed; at least one byte.
  std::string change_bytes(Bytes text) {
    std::string out(text);
    out.resize(std::max<size_t>({text.size() + kGrowth, capacity_, 1}));
    const size_t size = bytes_(reinterpret_cast<uint8_t*>(out.data()), text.size(),
                               std::min(text.size() + kGrowth, out.size()));
    out.resize(size);
    return out;
  }

  uint64_t interesting_number() {
    static constexpr auto kEdges = std::to_array<uint64_t>({0,
                                                            1,
                                                            2,
                                                            127,
                                                            128,
                                                            253,
                                                            254,
                                                            255,
                                                            4095,
                                                            4096,
                                                            16383,
                                                            16384,
                                                            65535,
                                                            65536,
                                                            0x7FFFFFFF,
                                                            0x80000000,
                                                            0xFFFFFFFF,
                                                            uint64_t{1} << 32,
                                                            (uint64_t{1} << 48) - 1,
                                                            uint64_t{1} << 48,
                                                            uint64_t{1} << 62,
                                                            uint64_t{1} << 63,
                                                            ~uint64_t{0}});
    const uint64_t around = below(3);  // one less, the edge, one more
    return one_in(3) ? below(40) : pick(kEdges) + around - 1;
  }

  std::string interesting_text() {
    static const std::array<std::string, 16> kTexts = {"",
                                                       "0",
                                                       "-0",
                                                       "-1",
                                                       "1.5",
                                                       "nan",
                                                       "inf",
                                                       "-inf",
                                                       "1e999",
                                                       "1e-320",
                                                       "007",
                                                       "+1",
                                                       "a",
                                                       "\xff",
                                                       "9223372036854775808",
                                                       "-9223372036854775808"};
    static constexpr auto kSizes = std::to_array<size_t>({63, 64, 126, 127, 252, 253, 254, 255});
    switch (below(4)) {
      case 0:
        return std::to_string(static_cast<int64_t>(interesting_number()));
      case 1:
        return std::string(pick(kSizes), 'x');
      default:
        return pick(kTexts);
    }
  }

  // A number as a length of the file format, in a form that is long enough.
  std::string length(uint64_t number);

 private:
  static constexpr size_t kGrowth = 64;

  bench::Random random_;
  ByteMutator bytes_;
  size_t capacity_;
};

// Erases, doubles, swaps or moves one of `items`, which are not none.
template <class Item>
void shuffle_items(std::vector<Item>& items, Chooser& choose) {
  const size_t at = choose.below(items.size());
  const size_t other = choose.below(items.size());
  switch (choose.below(3)) {
    case 0:
      items.erase(items.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 1: {
      Item copy = items[at];
      items.insert(items.begin() + static_cast<std::ptrdiff_t>(other), std::move(copy));
      break;
    }
    default:
      std::swap(items[at], items[other]);
  }
}

}  // namespace rdbproof::fuzz
