#include "engine/diff/value_pairs.h"

#include <algorithm>
#include <deque>

namespace rdbproof {
namespace {

// Large values that are compared at a time.
constexpr size_t kLargeAtATime = 4;

class CaptureSink final : public EventSink {
 public:
  explicit CaptureSink(CapturedValue& value) : value_(value) {}
  void begin_key(const Key& /*key*/) override { is_there_ = true; }
  void elements(const Key& /*key*/, std::span<const Element> batch) override { value_.add(batch); }
  bool is_there() const { return is_there_; }

 private:
  CapturedValue& value_;
  bool is_there_ = false;
};

bool has_values(const Difference& difference) {
  if (((difference.a.flags | difference.b.flags) & KeyRecord::kNoPlace) != 0) return false;
  return difference.kind == DifferenceKind::kValue || difference.kind == DifferenceKind::kExpiry;
}

bool is_too_large(const InsideDifference& inside) {
  return inside.a.is_too_large() || inside.b.is_too_large();
}

}  // namespace

Result<void> ValuePairs::name(std::span<const Difference> differences, const Take& take) {
  TRY(std::vector<std::string> names, read_names(a_, b_, differences));
  for (size_t i = 0; i < differences.size(); ++i) {
    PairResult named;
    named.name = std::move(names[i]);
    TRY_VOID(take(differences[i], named));
  }
  return {};
}

// All of them with little memory for each value; then, a few at a time, those that need more.
Result<void> ValuePairs::compare(std::span<const Difference> differences, const Take& take) {
  std::vector<PairResult> results(differences.size());
  Pairs pairs;
  for (size_t i = 0; i < differences.size(); ++i) {
    PairResult& result = results[i];
    pairs.emplace_back(&differences[i], &result);
    if (!has_values(differences[i])) continue;
    if (!a_.has_value(differences[i].a) || !b_.has_value(differences[i].b)) {
      result.not_inside = "its value cannot be read a second time";
    }
  }
  const uint64_t share = value_bytes_ / 2 / std::max<uint64_t>(2 * pairs.size(), 1);
  TRY_VOID(read(pairs, share));
  Pairs large;
  for (const auto& pair : pairs) {
    if (pair.second->inside && is_too_large(*pair.second->inside)) large.push_back(pair);
  }
  TRY_VOID(read_large(large));
  for (const auto& [difference, pair] : pairs) {
    TRY_VOID(take(*difference, *pair));
  }
  return {};
}

Result<void> ValuePairs::read_large(const Pairs& pairs) {
  const uint64_t share = value_bytes_ / 2 / (2 * kLargeAtATime);
  for (size_t first = 0; first < pairs.size(); first += kLargeAtATime) {
    const size_t end = std::min(first + kLargeAtATime, pairs.size());
    TRY_VOID(read({pairs.begin() + static_cast<ptrdiff_t>(first),
                   pairs.begin() + static_cast<ptrdiff_t>(end)},
                  share));
    for (size_t i = first; i < end; ++i) {
      PairResult& result = *pairs[i].second;
      if (!result.inside || !is_too_large(*result.inside)) continue;
      result.inside.reset();
      result.not_inside = "its value takes more than " + std::to_string(share >> 20) +
                          " MiB of memory: raise --max-memory";
    }
  }
  return {};
}

Result<void> ValuePairs::read(const Pairs& pairs, uint64_t most_bytes) {
  std::deque<CaptureSink> sinks;
  std::vector<Side::Wanted> in_a;
  std::vector<Side::Wanted> in_b;
  for (const auto& [difference, result] : pairs) {
    const bool wants_values = has_values(*difference) && result->not_inside.empty();
    if (!wants_values) {
      (difference->was_in_a ? in_a : in_b)
          .push_back({&difference->first(), &result->name, nullptr});
      continue;
    }
    result->inside = std::make_unique<InsideDifference>(most_bytes);
    in_a.push_back({&difference->a, &result->name, &sinks.emplace_back(result->inside->a)});
    in_b.push_back({&difference->b, &result->name, &sinks.emplace_back(result->inside->b)});
  }
  TRY_VOID(a_.read(std::move(in_a)));
  TRY_VOID(b_.read(std::move(in_b)));
  auto sink = sinks.begin();
  for (const auto& [difference, result] : pairs) {
    if (!result->inside) continue;
    const bool are_there = sink[0].is_there() && sink[1].is_there();
    sink += 2;
    if (!are_there) {
      result->inside.reset();
      result->not_inside = "the key is gone by now";
    } else if (!is_too_large(*result->inside)) {
      find_inside(*difference, *result->inside);
    }
  }
  return {};
}

void ValuePairs::find_inside(const Difference& difference, InsideDifference& inside) const {
  // Types above these are those of modules.
  const auto known = static_cast<uint16_t>(ValueType::kCount);
  const auto type = difference.a.type_slot < known ? static_cast<ValueType>(difference.a.type_slot)
                                                   : ValueType::kModule;
  inside.difference = compare_values(type, inside.a, inside.b, options_);
}

}  // namespace rdbproof
