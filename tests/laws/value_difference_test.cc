// Laws of how values differ.
#include "engine/diff/value_difference.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "tests/unit/diff/captured.h"

namespace rdbproof {
namespace {

using Texts = std::vector<std::string>;

// Few different ones, so that they meet.
rc::Gen<std::string> any_text() {
  return rc::gen::map(rc::gen::inRange(0, 12), [](int number) {
    return number < 6 ? std::string(1, static_cast<char>('a' + number))
                      : "longer than eight " + std::to_string(number);
  });
}

rc::Gen<Texts> any_texts() {
  return rc::gen::container<Texts>(any_text());
}

rc::Gen<uint64_t> any_number() {
  return rc::gen::element<uint64_t>(0, 1, 2, 500, uint64_t{1} << 63, kNoExpiry);
}

constexpr auto kTypes = std::to_array<ValueType>(
    {ValueType::kString, ValueType::kList, ValueType::kSet, ValueType::kZset, ValueType::kHash,
     ValueType::kStream, ValueType::kModule, ValueType::kVectorSet, ValueType::kArray});

std::vector<ElementKind> kinds_of(ValueType type) {
  switch (type) {
    case ValueType::kSet:
      return {ElementKind::kMember, ElementKind::kMemberExpiry};
    case ValueType::kZset:
      return {ElementKind::kScored};
    case ValueType::kHash:
      return {ElementKind::kField};
    case ValueType::kStream:
      return {ElementKind::kStreamEntry, ElementKind::kStreamField,    ElementKind::kStreamLastId,
              ElementKind::kStreamGroup, ElementKind::kStreamConsumer, ElementKind::kStreamPending};
    case ValueType::kModule:
      return {ElementKind::kToken};
    case ValueType::kVectorSet:
      return {ElementKind::kVectorSetInfo, ElementKind::kVector, ElementKind::kVectorAttribute};
    case ValueType::kArray:
      return {ElementKind::kArrayItem, ElementKind::kArrayInsertIndex};
    default:
      return {ElementKind::kItem};
  }
}

// Any elements at all of these kinds, as no sound file has them.
CapturedValue any_value(ValueType type) {
  CapturedValue value(1 << 20);
  const auto kinds = kinds_of(type);
  const auto size = *rc::gen::inRange<size_t>(0, 25);
  for (size_t i = 0; i < size; ++i) {
    const std::string a = *any_text();
    const std::string b = *any_text();
    value.add(std::vector<Element>{
        {*rc::gen::elementOf(kinds), a, b, *any_number(), *any_number(), *any_number()}});
  }
  return value;
}

std::string text_of(const std::optional<Element>& element) {
  if (!element) return "-";
  return std::string(element->a) + '/' + std::string(element->b) + '/' +
         std::to_string(element->x) + '/' + std::to_string(element->y) + '/' +
         std::to_string(element->z);
}

// A change as text, sides changed if `mirror`.
std::string text_of(const Change& change, bool mirror) {
  auto kind = change.kind;
  if (mirror && kind != ChangeKind::kChanged)
    kind = kind == ChangeKind::kAdded ? ChangeKind::kRemoved : ChangeKind::kAdded;
  Texts sides{text_of(change.before) + ' ' + std::to_string(change.position_a) + ' ' +
                  std::to_string(change.length_a),
              text_of(change.after) + ' ' + std::to_string(change.position_b) + ' ' +
                  std::to_string(change.length_b)};
  if (mirror) std::swap(sides[0], sides[1]);
  return std::to_string(static_cast<int>(kind)) + ' ' +
         std::to_string(static_cast<int>(change.subject)) + ' ' + std::string(change.group) + ' ' +
         sides[0] + " | " + sides[1];
}

Texts sorted_texts(const ValueDifference& difference, bool mirror) {
  Texts texts;
  for (const Change& change : difference.changes) texts.push_back(text_of(change, mirror));
  std::ranges::sort(texts);
  return texts;
}

RC_GTEST_PROP(ValueDifferenceLaw, AValueDoesNotDifferFromItself, ()) {
  for (const ValueType type : kTypes) {
    const CapturedValue value = any_value(type);
    RC_ASSERT(compare_values(type, value, value, {}).is_empty());
  }
}

RC_GTEST_PROP(ValueDifferenceLaw, TheOtherWayRoundIsTheMirrorImage, ()) {
  for (const ValueType type : kTypes) {
    const CapturedValue a = any_value(type);
    const CapturedValue b = any_value(type);
    DifferenceOptions options;
    options.expiry_tolerance_ms = *rc::gen::element<uint64_t>(0, 1, 1000);
    options.most_script_edits = *rc::gen::element<size_t>(0, 3, 1000);
    const auto forward = compare_values(type, a, b, options);
    const auto backward = compare_values(type, b, a, options);
    RC_ASSERT(sorted_texts(forward, false) == sorted_texts(backward, true));
    RC_ASSERT(forward.total() == backward.total());
    RC_ASSERT(forward.total() == forward.changes.size());
  }
}

CapturedValue list_of(const Texts& texts) {
  CapturedValue value(1 << 20);
  for (const std::string& text : texts) value.add(std::vector{test::item(text)});
  return value;
}

Texts apply(const Texts& a, const std::vector<Change>& changes) {
  std::map<uint64_t, std::string> arrivals;
  std::vector<bool> gone(a.size());
  for (const Change& change : changes) {
    if (change.before) gone[change.position_a] = true;
    if (change.after) arrivals[change.position_b] = change.after->a;
  }
  Texts result;
  for (size_t i = 0;;) {
    const auto arrival = arrivals.find(result.size());
    if (arrival != arrivals.end()) {
      result.push_back(arrival->second);
    } else if (i < a.size()) {
      if (!gone[i]) result.push_back(a[i]);
      ++i;
    } else {
      return result;
    }
  }
}

// The length of the longest common subsequence, by the book.
size_t count_common(const Texts& a, const Texts& b) {
  std::vector<std::vector<size_t>> best(a.size() + 1, std::vector<size_t>(b.size() + 1));
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; j < b.size(); ++j) {
      best[i + 1][j + 1] = a[i] == b[j] ? best[i][j] + 1 : std::max(best[i][j + 1], best[i + 1][j]);
    }
  }
  return best[a.size()][b.size()];
}

RC_GTEST_PROP(ValueDifferenceLaw, TheScriptOfAListMakesTheOtherAndIsMinimal, ()) {
  const Texts a = *any_texts();
  const Texts b = *any_texts();
  const CapturedValue left = list_of(a);
  const CapturedValue right = list_of(b);
  const auto difference = compare_values(ValueType::kList, left, right, {});
  RC_ASSERT(apply(a, difference.changes) == b);
  const ChangeCounts& counts = difference.count(Subject::kItem);
  RC_ASSERT(counts.removed + counts.changed == a.size() - count_common(a, b));
  RC_ASSERT(counts.added + counts.changed == b.size() - count_common(a, b));
}

struct FieldState {
  std::string value;
  uint64_t expiry;
};
using Hash = std::map<std::string, FieldState>;

CapturedValue write_hash(const Hash& hash, bool backwards) {
  std::vector<Element> elements;
  for (const auto& [name, state] : hash)
    elements.push_back(test::field(name, state.value, state.expiry));
  if (backwards) std::ranges::reverse(elements);
  return test::capture(elements);
}

RC_GTEST_PROP(ValueDifferenceLaw, EditsOfAHashAreFoundExactly, ()) {
  Hash a;
  Hash b;
  Texts expected;
  const auto fields = *rc::gen::inRange(0, 60);
  for (int i = 0; i < fields; ++i) {
    const std::string name = "field " + std::to_string(i);
    const FieldState state{*any_text(), *any_number()};
    const int edit = *rc::gen::inRange(0, 6);
    if (edit != 1) a[name] = state;
    if (edit != 2) b[name] = state;
    if (edit == 1) expected.push_back("added " + name);
    if (edit == 2) expected.push_back("removed " + name);
    if (edit == 3) b[name].value += '!';
    if (edit == 3) expected.push_back("value " + name);
    if (edit == 4) b[name].expiry = 77;
    if (edit == 4) expected.push_back("expiry " + name);
  }
  const CapturedValue left = write_hash(a, false);
  const CapturedValue right = write_hash(b, true);
  const auto difference = compare_values(ValueType::kHash, left, right, {});
  Texts found;
  for (const Change& change : difference.changes) {
    std::string what = change.kind == ChangeKind::kAdded ? "added " : "removed ";
    if (change.subject == Subject::kField && change.kind == ChangeKind::kChanged) what = "value ";
    if (change.subject == Subject::kFieldExpiry) what = "expiry ";
    found.push_back(what + std::string(change.element().a));
  }
  std::ranges::sort(found);
  std::ranges::sort(expected);
  RC_ASSERT(found == expected);
}

RC_GTEST_PROP(ValueDifferenceLaw, OrderOfASetDoesNotMatterAndCountsAreThoseOfMultisets, ()) {
  const Texts a = *any_texts();
  const Texts b = *any_texts();
  std::map<std::string, int64_t> surplus;
  for (const std::string& text : a) --surplus[text];
  for (const std::string& text : b) ++surplus[text];
  ChangeCounts expected;
  for (const auto& [text, count] : surplus) {
    expected.added += static_cast<uint64_t>(std::max<int64_t>(count, 0));
    expected.removed += static_cast<uint64_t>(std::max<int64_t>(-count, 0));
  }
  std::vector<Element> left;
  std::vector<Element> right;
  for (const std::string& text : a) left.push_back(test::member(text));
  for (const std::string& text : b) right.push_back(test::member(text));
  const CapturedValue left_value = test::capture(left);
  const CapturedValue right_value = test::capture(right);
  const auto difference = compare_values(ValueType::kSet, left_value, right_value, {});
  RC_ASSERT(difference.count(Subject::kMember) == expected);
}

}  // namespace
}  // namespace rdbproof
