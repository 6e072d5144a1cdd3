// Brings together what two values hold under the same names.
#pragma once

#include <optional>

#include "engine/diff/element_order.h"

namespace rdbproof {

// What stands under one name: on one side only, or on both, with the same payload or another.
struct Match {
  std::optional<size_t> a;  // positions
  std::optional<size_t> b;
  bool is_same = false;
};

// Joins the elements of one kind as multisets, in the order of their names. A name that occurs more
// often, as in damaged input, is matched by payload first, then in order.
class MultisetJoin {
 public:
  MultisetJoin(const ElementRange& a, const ElementRange& b, ElementKind kind)
      : a_(*a.value), b_(*b.value), left_(sort_elements(a, kind)), right_(sort_elements(b, kind)) {}

  template <typename Visit>
  void run(Visit visit) {
    size_t i = 0;
    size_t j = 0;
    while (i < left_.size() || j < right_.size()) {
      const auto order = compare_heads(i, j);
      if (order < 0) {
        visit(Match{left_[i++].position, std::nullopt});
      } else if (order > 0) {
        visit(Match{std::nullopt, right_[j++].position});
      } else {
        join_name(i, j, visit);
      }
    }
  }

 private:
  using Sorted = std::vector<SortedElement>;

  std::strong_ordering compare_heads(size_t i, size_t j) const {
    if (i == left_.size()) return std::strong_ordering::greater;
    if (j == right_.size()) return std::strong_ordering::less;
    return compare(a_, left_[i], b_, right_[j]);
  }
  static std::strong_ordering compare(const CapturedValue& a, const SortedElement& left,
                                      const CapturedValue& b, const SortedElement& right) {
    if (left.prefix != right.prefix) return left.prefix <=> right.prefix;
    return compare_names(a[left.position], b[right.position]);
  }
  // Behind the elements that have the name of the one at `begin`.
  static size_t end_of_name(const CapturedValue& value, const Sorted& sorted, size_t begin) {
    size_t end = begin + 1;
    while (end < sorted.size() && compare(value, sorted[begin], value, sorted[end]) == 0) ++end;
    return end;
  }

  template <typename Visit>
  void join_name(size_t& i, size_t& j, Visit& visit) {
    const size_t i_end = end_of_name(a_, left_, i);
    const size_t j_end = end_of_name(b_, right_, j);
    std::vector<size_t> only_a;
    std::vector<size_t> only_b;
    while (i < i_end && j < j_end) {
      const size_t a = left_[i].position;
      const size_t b = right_[j].position;
      const auto order = compare_payloads({&a_, a}, {&b_, b});
      if (order == 0) visit(Match{a, b, true});
      if (order < 0) only_a.push_back(a);
      if (order > 0) only_b.push_back(b);
      if (order <= 0) ++i;
      if (order >= 0) ++j;
    }
    for (; i < i_end; ++i) only_a.push_back(left_[i].position);
    for (; j < j_end; ++j) only_b.push_back(right_[j].position);
    visit_rest(only_a, only_b, visit);
  }

  template <typename Visit>
  static void visit_rest(const std::vector<size_t>& only_a, const std::vector<size_t>& only_b,
                         Visit& visit) {
    for (size_t i = 0; i < only_a.size() || i < only_b.size(); ++i) {
      Match match;
      if (i < only_a.size()) match.a = only_a[i];
      if (i < only_b.size()) match.b = only_b[i];
      visit(match);
    }
  }

  const CapturedValue& a_;
  const CapturedValue& b_;
  Sorted left_;
  Sorted right_;
};

}  // namespace rdbproof
