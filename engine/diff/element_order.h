// What identifies an element within its value, what else it says, and an order by both.
#pragma once

#include <compare>
#include <vector>

#include "engine/diff/captured_value.h"

namespace rdbproof {

// The elements [begin, end) of a value.
struct ElementRange {
  const CapturedValue* value = nullptr;
  size_t begin = 0;
  size_t end = 0;

  size_t size() const { return end - begin; }
};

// One element where it stands.
struct Place {
  const CapturedValue* value;
  size_t position;

  Element element() const { return (*value)[position]; }
};

// The double as bits, -0 as 0.
uint64_t canonical_score(uint64_t bits);

// The fields behind the stream entry at `place`.
ElementRange fields_of(const Place& place);

// Both elements are of the same kind. By the name, id or index:
std::strong_ordering compare_names(const Element& a, const Element& b);
// By all else that counts, expiry included:
std::strong_ordering compare_payloads(const Place& a, const Place& b);

// An element of a range, with the begin of its name as a number of the same order.
struct SortedElement {
  uint64_t prefix;
  size_t position;
};

// Those of `kind`, by name, then by payload.
std::vector<SortedElement> sort_elements(const ElementRange& range, ElementKind kind);

}  // namespace rdbproof
