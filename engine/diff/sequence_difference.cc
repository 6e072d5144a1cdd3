#include "engine/diff/sequence_difference.h"

#include <algorithm>
#include <utility>

#include "engine/diff/edit_script.h"

namespace rdbproof {
namespace {

bool is_same(const Element& a, const Element& b) {
  return a.kind == b.kind && a.a == b.a && a.x == b.x && a.y == b.y;
}

// How many elements both begin with.
size_t count_common_begin(const CapturedValue& a, const CapturedValue& b) {
  const size_t most = std::min(a.size(), b.size());
  size_t common = 0;
  while (common < most && is_same(a[common], b[common])) ++common;
  return common;
}

// How many both end with, behind the first `begin`.
size_t count_common_end(const CapturedValue& a, const CapturedValue& b, size_t begin) {
  const size_t most = std::min(a.size(), b.size()) - begin;
  size_t common = 0;
  while (common < most && is_same(a[a.size() - 1 - common], b[b.size() - 1 - common])) ++common;
  return common;
}

std::optional<Element> element_at(const CapturedValue& value, size_t position) {
  if (position >= value.size()) return std::nullopt;
  return value[position];
}

// Where the two begin to differ; nothing if they do not.
void add_first_difference(Subject subject, const CapturedValue& a, const CapturedValue& b,
                          ChangeList& changes) {
  const size_t position = count_common_begin(a, b);
  if (position == a.size() && position == b.size()) return;
  Change change{ChangeKind::kChanged, subject, element_at(a, position), element_at(b, position)};
  change.position_a = change.position_b = position;
  change.length_a = a.size();
  change.length_b = b.size();
  changes.add(change);
}

// What lies between what two lists begin and end with.
struct Middle {
  ElementRange a;
  ElementRange b;
};

Middle find_middle(const CapturedValue& a, const CapturedValue& b) {
  const size_t begin = count_common_begin(a, b);
  const size_t end = count_common_end(a, b, begin);
  return {{&a, begin, a.size() - end}, {&b, begin, b.size() - end}};
}

// A number for each item, the same for the same bytes, in the order of the bytes.
class NumberedItems {
 public:
  explicit NumberedItems(const Middle& middle) : a(middle.a.size()), b(middle.b.size()) {
    std::vector<std::pair<Bytes, uint32_t*>> items;
    collect(middle.a, a, items);
    collect(middle.b, b, items);
    std::ranges::sort(items, {}, &std::pair<Bytes, uint32_t*>::first);
    uint32_t number = 0;
    for (size_t i = 0; i < items.size(); ++i) {
      if (i > 0 && items[i].first != items[i - 1].first) ++number;
      *items[i].second = number;
    }
  }

  std::vector<uint32_t> a;
  std::vector<uint32_t> b;

 private:
  static void collect(const ElementRange& range, std::vector<uint32_t>& numbers,
                      std::vector<std::pair<Bytes, uint32_t*>>& items) {
    for (size_t i = 0; i < range.size(); ++i)
      items.emplace_back((*range.value)[range.begin + i].a, &numbers[i]);
  }
};

std::optional<EditScript> find_script(const Middle& middle, const DifferenceOptions& options) {
  if (middle.a.size() == 0 || middle.b.size() == 0)
    return EditScript{std::vector<bool>(middle.a.size(), true),
                      std::vector<bool>(middle.b.size(), true)};
  if (std::max(middle.a.size(), middle.b.size()) > options.most_script_items) return std::nullopt;
  const NumberedItems items(middle);
  return find_edit_script(items.a, items.b, options.most_script_edits);
}

size_t end_of_run(const std::vector<bool>& flags, size_t begin) {
  while (begin < flags.size() && flags[begin]) ++begin;
  return begin;
}

// Items that come and go at one place: as many as there are of both have changed.
void add_hunk(const ElementRange& a, const ElementRange& b, ChangeList& changes) {
  for (size_t i = 0; i < a.size() || i < b.size(); ++i) {
    Change change{ChangeKind::kChanged, Subject::kItem};
    change.position_a = a.begin + i;
    change.position_b = b.begin + i;
    if (i < a.size()) change.before = (*a.value)[a.begin + i];
    if (i < b.size()) change.after = (*b.value)[b.begin + i];
    if (!change.before) change.kind = ChangeKind::kAdded;
    if (!change.after) change.kind = ChangeKind::kRemoved;
    changes.add(change);
  }
}

void add_script(const Middle& middle, const EditScript& script, ChangeList& changes) {
  size_t i = 0;
  size_t j = 0;
  while (i < script.removed.size() || j < script.added.size()) {
    const size_t i_end = end_of_run(script.removed, i);
    const size_t j_end = end_of_run(script.added, j);
    add_hunk({middle.a.value, middle.a.begin + i, middle.a.begin + i_end},
             {middle.b.value, middle.b.begin + j, middle.b.begin + j_end}, changes);
    i = i_end + 1;  // past an item that both have
    j = j_end + 1;
  }
}

size_t first_difference(Bytes a, Bytes b) {
  return static_cast<size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

}  // namespace

void ChangeList::add(const Change& change) {
  ChangeCounts& counts = difference_.counts[static_cast<size_t>(change.subject)];
  switch (change.kind) {
    case ChangeKind::kAdded:
      ++counts.added;
      break;
    case ChangeKind::kRemoved:
      ++counts.removed;
      break;
    case ChangeKind::kChanged:
      ++counts.changed;
      break;
  }
  if (difference_.changes.size() < most_changes_) difference_.changes.push_back(change);
}

void compare_strings(const CapturedValue& a, const CapturedValue& b, ChangeList& changes) {
  if (a.size() != 1 || b.size() != 1) return add_first_difference(Subject::kString, a, b, changes);
  const Element before = a[0];
  const Element after = b[0];
  if (before.a == after.a) return;
  Change change{ChangeKind::kChanged, Subject::kString, before, after};
  change.position_a = change.position_b = first_difference(before.a, after.a);
  change.length_a = before.a.size();
  change.length_b = after.a.size();
  changes.add(change);
}

void compare_lists(const CapturedValue& a, const CapturedValue& b, const DifferenceOptions& options,
                   ChangeList& changes) {
  const Middle middle = find_middle(a, b);
  if (const auto script = find_script(middle, options)) {
    add_script(middle, *script, changes);
  } else {
    add_first_difference(Subject::kItems, a, b, changes);
  }
}

void compare_tokens(const CapturedValue& a, const CapturedValue& b, ChangeList& changes) {
  add_first_difference(Subject::kTokens, a, b, changes);
}

}  // namespace rdbproof
