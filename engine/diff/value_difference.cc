#include "engine/diff/value_difference.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "engine/diff/multiset_join.h"
#include "engine/diff/sequence_difference.h"

namespace rdbproof {
namespace {

uint64_t distance(uint64_t a_ms, uint64_t b_ms) {
  const auto [low, high] = std::minmax({static_cast<int64_t>(a_ms), static_cast<int64_t>(b_ms)});
  return static_cast<uint64_t>(high) - static_cast<uint64_t>(low);
}

// Compares values whose elements are multisets, kind by kind.
class MultisetComparison {
 public:
  MultisetComparison(const CapturedValue& a, const CapturedValue& b,
                     const DifferenceOptions& options, ChangeList& changes)
      : a_(a), b_(b), options_(options), changes_(changes) {}

  void run() {
    compare(ElementKind::kMember, Subject::kMember);
    compare(ElementKind::kScored, Subject::kMember);
    compare_hash_fields();
    if (!options_.ignore_expiry) compare_member_expiries();
    compare(ElementKind::kArrayItem, Subject::kArrayItem);
    compare(ElementKind::kArrayInsertIndex, Subject::kInsertIndex);
    compare(ElementKind::kVectorSetInfo, Subject::kVectorSetInfo);
    compare(ElementKind::kVector, Subject::kVectorElement);
    compare(ElementKind::kVectorAttribute, Subject::kAttribute);
  }

  void run_stream() {
    compare_entries();
    compare(ElementKind::kStreamLastId, Subject::kLastId);
    compare_groups();
  }

 private:
  ElementRange whole_a() const { return {&a_, 0, a_.size()}; }
  ElementRange whole_b() const { return {&b_, 0, b_.size()}; }

  Change make_change(Subject subject, const Match& match) const {
    Change change{ChangeKind::kChanged, subject};
    if (match.a) change.before = a_[*match.a];
    if (match.b) change.after = b_[*match.b];
    if (!match.a) change.kind = ChangeKind::kAdded;
    if (!match.b) change.kind = ChangeKind::kRemoved;
    return change;
  }

  void compare(ElementKind kind, Subject subject) {
    compare(kind, subject, whole_a(), whole_b(), {});
  }
  void compare(ElementKind kind, Subject subject, const ElementRange& a, const ElementRange& b,
               Bytes group) {
    MultisetJoin(a, b, kind).run([&](const Match& match) {
      if (match.is_same) return;
      Change change = make_change(subject, match);
      change.group = group;
      changes_.add(change);
    });
  }

  void compare_hash_fields() {
    std::vector<Match> on_both_sides;
    MultisetJoin(whole_a(), whole_b(), ElementKind::kField).run([&](const Match& match) {
      if (match.is_same) return;
      if (match.a && match.b) on_both_sides.push_back(match);
      if (match.a && match.b && a_[*match.a].b == b_[*match.b].b) return;
      changes_.add(make_change(Subject::kField, match));
    });
    if (options_.ignore_expiry) return;
    for (const Match& match : on_both_sides) compare_field_expiry(match);
  }

  void compare_field_expiry(const Match& match) {
    Change change = make_change(Subject::kFieldExpiry, match);
    const uint64_t before = change.before->x;
    const uint64_t after = change.after->x;
    if (before == after) return;
    if (before == kNoExpiry) {
      change.kind = ChangeKind::kAdded;
    } else if (after == kNoExpiry) {
      change.kind = ChangeKind::kRemoved;
    } else if (distance(before, after) <= options_.expiry_tolerance_ms) {
      return;
    }
    changes_.add(change);
  }

  void compare_member_expiries() {
    MultisetJoin(whole_a(), whole_b(), ElementKind::kMemberExpiry).run([&](const Match& match) {
      if (match.is_same) return;
      if (match.a && match.b &&
          distance(a_[*match.a].x, b_[*match.b].x) <= options_.expiry_tolerance_ms) {
        return;
      }
      changes_.add(make_change(Subject::kMemberExpiry, match));
    });
  }

  void compare_entries() {
    MultisetJoin(whole_a(), whole_b(), ElementKind::kStreamEntry).run([&](const Match& match) {
      if (match.is_same) return;
      Change change = make_change(Subject::kEntry, match);
      if (match.a) change.fields_before = fields_of({&a_, *match.a});
      if (match.b) change.fields_after = fields_of({&b_, *match.b});
      change.length_a = change.fields_before.size();
      change.length_b = change.fields_after.size();
      change.position_a = change.position_b = first_field(change);
      changes_.add(change);
    });
  }

  // The first that differs.
  static size_t first_field(const Change& change) {
    const ElementRange& a = change.fields_before;
    const ElementRange& b = change.fields_after;
    size_t i = 0;
    for (; i < a.size() && i < b.size(); ++i) {
      const Element before = (*a.value)[a.begin + i];
      const Element after = (*b.value)[b.begin + i];
      if (before.a != after.a || before.b != after.b) break;
    }
    return i;
  }

  // What belongs to the group at `position`: up to the next one.
  static ElementRange range_of_group(const CapturedValue& value, size_t position) {
    size_t end = position + 1;
    while (end < value.size() && value.kind(end) != ElementKind::kStreamGroup) ++end;
    return {&value, position + 1, end};
  }

  void compare_groups() {
    std::vector<Match> on_both_sides;
    MultisetJoin(whole_a(), whole_b(), ElementKind::kStreamGroup).run([&](const Match& match) {
      if (match.a && match.b) on_both_sides.push_back(match);
      if (!match.is_same) changes_.add(make_change(Subject::kGroup, match));
    });
    for (const Match& match : on_both_sides) compare_in_group(match, ElementKind::kStreamConsumer);
    for (const Match& match : on_both_sides) compare_in_group(match, ElementKind::kStreamPending);
  }

  void compare_in_group(const Match& group, ElementKind kind) {
    const bool is_consumer = kind == ElementKind::kStreamConsumer;
    compare(kind, is_consumer ? Subject::kConsumer : Subject::kPending,
            range_of_group(a_, *group.a), range_of_group(b_, *group.b), a_[*group.a].a);
  }

  const CapturedValue& a_;
  const CapturedValue& b_;
  const DifferenceOptions& options_;
  ChangeList& changes_;
};

}  // namespace

uint64_t ValueDifference::total() const {
  return std::accumulate(counts.begin(), counts.end(), uint64_t{0},
                         [](uint64_t sum, const ChangeCounts& one) { return sum + one.total(); });
}

ValueDifference compare_values(ValueType type, const CapturedValue& a, const CapturedValue& b,
                               const DifferenceOptions& options) {
  ChangeList changes(options);
  switch (type) {
    case ValueType::kString:
    case ValueType::kJson:
      compare_strings(a, b, changes);
      break;
    case ValueType::kList:
      compare_lists(a, b, options, changes);
      break;
    case ValueType::kStream:
      MultisetComparison(a, b, options, changes).run_stream();
      break;
    case ValueType::kModule:
    case ValueType::kCron:
    case ValueType::kSketch:
      compare_tokens(a, b, changes);
      break;
    case ValueType::kSet:
    case ValueType::kZset:
    case ValueType::kHash:
    case ValueType::kVectorSet:
    case ValueType::kArray:
    case ValueType::kCount:
      MultisetComparison(a, b, options, changes).run();
      break;
  }
  return changes.take();
}

}  // namespace rdbproof
