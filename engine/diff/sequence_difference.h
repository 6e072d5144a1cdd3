// How values differ whose elements have an order: strings, lists, tokens.
#pragma once

#include "engine/diff/value_difference.h"

namespace rdbproof {

// Takes changes one by one, counts all and keeps as many as were asked for.
class ChangeList {
 public:
  explicit ChangeList(const DifferenceOptions& options) : most_changes_(options.most_changes) {}

  void add(const Change& change);
  ValueDifference take() { return std::move(difference_); }

 private:
  size_t most_changes_;
  ValueDifference difference_;
};

void compare_strings(const CapturedValue& a, const CapturedValue& b, ChangeList& changes);
void compare_lists(const CapturedValue& a, const CapturedValue& b, const DifferenceOptions& options,
                   ChangeList& changes);
void compare_tokens(const CapturedValue& a, const CapturedValue& b, ChangeList& changes);

}  // namespace rdbproof
