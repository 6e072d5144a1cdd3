#include "engine/diff/element_order.h"

#include <algorithm>
#include <utility>

namespace rdbproof {
namespace {

bool is_named_by_numbers(ElementKind kind) {
  return kind == ElementKind::kStreamEntry || kind == ElementKind::kStreamPending ||
         kind == ElementKind::kArrayItem;
}

std::strong_ordering compare_numbers(const Element& a, const Element& b) {
  return std::pair(a.x, a.y) <=> std::pair(b.x, b.y);
}

uint64_t prefix_of(const Element& element) {
  if (is_named_by_numbers(element.kind)) return element.x;
  uint64_t prefix = 0;
  for (size_t i = 0; i < sizeof prefix; ++i) {
    prefix = prefix << 8 | (i < element.a.size() ? static_cast<uint8_t>(element.a[i]) : 0);
  }
  return prefix;
}

std::strong_ordering compare_fields(const ElementRange& a, const ElementRange& b) {
  const size_t common = std::min(a.size(), b.size());
  for (size_t i = 0; i < common; ++i) {
    const Element left = (*a.value)[a.begin + i];
    const Element right = (*b.value)[b.begin + i];
    if (const auto order = left.a <=> right.a; order != 0) return order;
    if (const auto order = left.b <=> right.b; order != 0) return order;
  }
  return a.size() <=> b.size();
}

}  // namespace

uint64_t canonical_score(uint64_t bits) {
  constexpr uint64_t kMinusZero = uint64_t{1} << 63;
  return bits == kMinusZero ? 0 : bits;
}

ElementRange fields_of(const Place& place) {
  const CapturedValue& value = *place.value;
  size_t end = place.position + 1;
  while (end < value.size() && value.kind(end) == ElementKind::kStreamField) ++end;
  return {&value, place.position + 1, end};
}

std::strong_ordering compare_names(const Element& a, const Element& b) {
  return is_named_by_numbers(a.kind) ? compare_numbers(a, b) : a.a <=> b.a;
}

std::strong_ordering compare_payloads(const Place& a_place, const Place& b_place) {
  const Element a = a_place.element();
  const Element b = b_place.element();
  switch (a.kind) {
    case ElementKind::kField:
      if (const auto order = a.b <=> b.b; order != 0) return order;
      return a.x <=> b.x;
    case ElementKind::kScored:
      return canonical_score(a.x) <=> canonical_score(b.x);
    case ElementKind::kMemberExpiry:
      return a.x <=> b.x;
    case ElementKind::kStreamEntry:
      return compare_fields(fields_of(a_place), fields_of(b_place));
    case ElementKind::kStreamPending:
      if (const auto order = a.a <=> b.a; order != 0) return order;
      return a.z <=> b.z;
    case ElementKind::kArrayItem:
      return a.a <=> b.a;
    case ElementKind::kVector:
    case ElementKind::kVectorAttribute:
      return a.b <=> b.b;
    case ElementKind::kStreamGroup:
    case ElementKind::kStreamLastId:
    case ElementKind::kArrayInsertIndex:
    case ElementKind::kVectorSetInfo:
    case ElementKind::kToken:
      return compare_numbers(a, b);
    case ElementKind::kItem:
    case ElementKind::kMember:
    case ElementKind::kStreamField:
    case ElementKind::kStreamConsumer:
      break;
  }
  return std::strong_ordering::equal;
}

std::vector<SortedElement> sort_elements(const ElementRange& range, ElementKind kind) {
  const CapturedValue& value = *range.value;
  std::vector<SortedElement> sorted;
  for (size_t i = range.begin; i < range.end; ++i) {
    if (value.kind(i) == kind) sorted.push_back({prefix_of(value[i]), i});
  }
  std::ranges::sort(sorted, [&](const SortedElement& a, const SortedElement& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    const auto order = compare_names(value[a.position], value[b.position]);
    if (order != 0) return order < 0;
    const auto payloads = compare_payloads({&value, a.position}, {&value, b.position});
    return payloads != 0 ? payloads < 0 : a.position < b.position;
  });
  return sorted;
}

}  // namespace rdbproof
