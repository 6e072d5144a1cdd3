// Reads the keys of differences again, and their values on both sides.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/diff/captured_value.h"
#include "engine/diff/difference.h"
#include "engine/diff/side.h"
#include "engine/diff/value_difference.h"

namespace rdbproof {

// How the values of a key differ, with the values that this points into.
struct InsideDifference {
  explicit InsideDifference(uint64_t most_bytes) : a(most_bytes), b(most_bytes) {}

  uint64_t memory_bytes() const { return a.memory_bytes() + b.memory_bytes(); }

  CapturedValue a;
  CapturedValue b;
  ValueDifference difference;
};

struct PairResult {
  std::string name;
  std::unique_ptr<InsideDifference> inside;
  std::string not_inside;  // why it is absent, though the key is on both sides
};

class ValuePairs {
 public:
  // Values take at most `value_bytes` of memory at a time.
  ValuePairs(Side& a, Side& b, const DifferenceOptions& options, uint64_t value_bytes)
      : a_(a), b_(b), options_(options), value_bytes_(value_bytes) {}

  // Gets each difference, in the order they were given in.
  using Take = std::function<Result<void>(const Difference&, PairResult&)>;
  // Names only.
  Result<void> name(std::span<const Difference> differences, const Take& take);
  // And how the values differ, where a key has the same type on both sides.
  Result<void> compare(std::span<const Difference> differences, const Take& take);

 private:
  using Pairs = std::vector<std::pair<const Difference*, PairResult*>>;

  Result<void> read(const Pairs& pairs, uint64_t most_bytes);
  Result<void> read_large(const Pairs& pairs);
  void find_inside(const Difference& difference, InsideDifference& inside) const;

  Side& a_;
  Side& b_;
  DifferenceOptions options_;
  uint64_t value_bytes_;
};

}  // namespace rdbproof
