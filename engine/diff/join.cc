#include "engine/diff/join.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <bit>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "engine/diff/source_place.h"
#include "engine/hash/mark_table.h"

namespace rdbproof {
namespace {

constexpr size_t kMostWaiting = 4096;

// Spreads names in a way that nobody can foresee, so that nobody can choose names that crowd one
// group or pass.
class NameSpread {
 public:
  explicit NameSpread(uint64_t salt) : spread_(salt) {}
  // Of 2^bits places.
  uint64_t place(const KeyRecord& record, int bits) const {
    const Mark mark(make_uint128(record.name_high, record.name_low));
    return bits == 0 ? 0 : spread_(mark) >> (64 - bits);
  }

 private:
  MarkSpread spread_;
};

const NameSpread& spread_into_groups() {
  static const NameSpread spread(1000);
  return spread;
}

const NameSpread& spread_into_passes() {
  static const NameSpread spread(1001);
  return spread;
}

bool comes_before(const KeyRecord& one, const KeyRecord& other) {
  return std::tie(one.name_high, one.name_low, one.place) <
         std::tie(other.name_high, other.name_low, other.place);
}

uint64_t distance(int64_t one, int64_t other) {
  const auto low = static_cast<uint64_t>(std::min(one, other));
  return static_cast<uint64_t>(std::max(one, other)) - low;
}

// Records of one side, grouped by name.
class Grouped {
 public:
  void build(const std::vector<KeyRecord>& records, int bits) {
    const NameSpread& spread = spread_into_groups();
    ends_.assign((size_t{1} << bits) + 1, 0);
    groups_.resize(records.size());
    for (size_t i = 0; i < records.size(); ++i) {
      groups_[i] = static_cast<uint32_t>(spread.place(records[i], bits));
      ++ends_[groups_[i] + 1];
    }
    for (size_t i = 1; i < ends_.size(); ++i) ends_[i] += ends_[i - 1];
    order_.resize(records.size());
    next_.assign(ends_.begin(), ends_.end() - 1);
    for (size_t i = 0; i < records.size(); ++i) {
      order_[next_[groups_[i]]++] = static_cast<uint32_t>(i);
    }
  }

  // Sorted.
  std::span<const uint32_t> group(size_t index, const std::vector<KeyRecord>& records) {
    const std::span<uint32_t> all(order_.data() + ends_[index], ends_[index + 1] - ends_[index]);
    if (all.size() > 1) {
      std::ranges::sort(all, [&](uint32_t one, uint32_t other) {
        return comes_before(records[one], records[other]);
      });
    }
    return all;
  }

 private:
  std::vector<uint32_t> ends_;
  std::vector<uint32_t> next_;
  std::vector<uint32_t> groups_;
  std::vector<uint32_t> order_;
};

}  // namespace

bool do_keys_expire_alike(const KeyRecord& a, const KeyRecord& b, const CompareOptions& options) {
  return a.has_expiry() == b.has_expiry() &&
         distance(a.expire_at_ms, b.expire_at_ms) <= options.expiry_tolerance_ms;
}

DifferenceKind compare_records(const KeyRecord& a, const KeyRecord& b,
                               const CompareOptions& options) {
  if (a.type_slot != b.type_slot) return DifferenceKind::kType;
  if (a.content != b.content) return DifferenceKind::kValue;
  if (options.ignore_expiry) return DifferenceKind::kSame;
  const bool same = do_keys_expire_alike(a, b, options) && a.members == b.members;
  return same ? DifferenceKind::kSame : DifferenceKind::kExpiry;
}

bool may_be_tolerable(const Difference& difference, const CompareOptions& options) {
  return difference.kind == DifferenceKind::kExpiry && options.expiry_tolerance_ms != 0 &&
         do_keys_expire_alike(difference.a, difference.b, options);
}

struct Join::Worker {
  const Sinks* sinks = nullptr;
  CompareOptions options;
  JoinResult result;
  std::optional<Error> error;
  std::vector<KeyRecord> piece;
  std::vector<KeyRecord> a;
  std::vector<KeyRecord> b;
  Grouped grouped_a;
  Grouped grouped_b;
  std::vector<uint32_t> last_a;
  std::vector<uint32_t> last_b;
  std::vector<Difference> differing;
  std::vector<Difference> uncertain;
  // Most keys have the database and type of the one before.
  std::pair<uint16_t, uint16_t> counted_slots{};
  DifferenceCounts* counted = nullptr;

  void compare_all() {
    const size_t most = std::max(a.size(), b.size());
    const int bits = static_cast<int>(std::bit_width(most / 2));
    grouped_a.build(a, bits);
    grouped_b.build(b, bits);
    for (size_t i = 0; i < size_t{1} << bits; ++i) {
      compare_group(grouped_a.group(i, a), grouped_b.group(i, b));
    }
  }

  void compare_group(std::span<const uint32_t> in_a, std::span<const uint32_t> in_b) {
    in_a = without_repeated(in_a, a, options.is_a_live, last_a, result.repeated_a);
    in_b = without_repeated(in_b, b, options.is_b_live, last_b, result.repeated_b);
    auto next_a = in_a.begin();
    auto next_b = in_b.begin();
    while (next_a != in_a.end() || next_b != in_b.end()) {
      if (next_b == in_b.end()) {
        add({DifferenceKind::kOnlyA, true, a[*next_a++], {}});
      } else if (next_a == in_a.end()) {
        add({DifferenceKind::kOnlyB, false, {}, b[*next_b++]});
      } else if (a[*next_a].has_name_of(b[*next_b])) {
        compare(a[*next_a++], b[*next_b++]);
      } else if (comes_before(a[*next_a], b[*next_b])) {
        add({DifferenceKind::kOnlyA, true, a[*next_a++], {}});
      } else {
        add({DifferenceKind::kOnlyB, false, {}, b[*next_b++]});
      }
    }
  }

  // Of files they are counted, and all are compared; of servers the last is.
  static std::span<const uint32_t> without_repeated(std::span<const uint32_t> group,
                                                    const std::vector<KeyRecord>& records,
                                                    bool is_live, std::vector<uint32_t>& last,
                                                    RepeatedKeys& repeated) {
    bool any = false;
    for (size_t i = 1; i < group.size(); ++i) {
      const KeyRecord& record = records[group[i]];
      const KeyRecord& before = records[group[i - 1]];
      if (!record.has_name_of(before)) continue;
      any = true;
      if (source_of(record) != source_of(before)) {
        ++repeated.across;
      } else if (!is_live) {
        ++repeated.within[source_of(record)];
      }
    }
    if (!any || !is_live) return group;
    last.clear();
    for (size_t i = 0; i < group.size(); ++i) {
      const bool is_last =
          i + 1 == group.size() || !records[group[i]].has_name_of(records[group[i + 1]]);
      if (is_last) last.push_back(group[i]);
    }
    return last;
  }

  void compare(const KeyRecord& in_a, const KeyRecord& in_b) {
    const DifferenceKind kind = compare_records(in_a, in_b, options);
    if (kind == DifferenceKind::kSame) return count(in_a, kind);
    const Difference difference{kind, true, in_a, in_b};
    if (!may_be_tolerable(difference, options)) return add(difference);
    uncertain.push_back(difference);
    if (uncertain.size() >= kMostWaiting) give(uncertain, sinks->uncertain);
  }

  void add(const Difference& difference) {
    count(difference.first(), difference.kind);
    differing.push_back(difference);
    if (differing.size() >= kMostWaiting) give(differing, sinks->differing);
  }

  void count(const KeyRecord& record, DifferenceKind kind) {
    const std::pair slots{record.database_slot, record.type_slot};
    if (counted == nullptr || slots != counted_slots) {
      counted_slots = slots;
      counted = &result.counts[slots];
    }
    ++(*counted)[kind];
  }

  void give(std::vector<Difference>& some,
            const std::function<Result<void>(std::vector<Difference>&&)>& sink) {
    if (some.empty()) return;
    const Result<void> given = sink(std::exchange(some, {}));
    if (!given && !error) error = given.error();
  }
};

Result<void> Join::load(const RecordStore& store, size_t bucket, uint64_t pass, uint64_t passes,
                        Worker& worker, std::vector<KeyRecord>& records) const {
  const int bits = std::countr_zero(passes);
  const NameSpread& spread = spread_into_passes();
  records.clear();
  return store.visit(bucket, worker.piece, [&](const std::vector<KeyRecord>& piece) {
    if (passes == 1) {
      records.insert(records.end(), piece.begin(), piece.end());
      return;
    }
    for (const KeyRecord& record : piece) {
      if (spread.place(record, bits) == pass) records.push_back(record);
    }
  });
}

Result<void> Join::join_bucket(size_t bucket, Worker& worker) const {
  const uint64_t most = std::max({a_.count(bucket), b_.count(bucket), uint64_t{1}});
  const uint64_t passes = std::bit_ceil((most + most_records_ - 1) / most_records_);
  for (uint64_t pass = 0; pass < passes; ++pass) {
    TRY_VOID(load(a_, bucket, pass, passes, worker, worker.a));
    TRY_VOID(load(b_, bucket, pass, passes, worker, worker.b));
    worker.compare_all();
  }
  if (worker.error) return tl::unexpected(*worker.error);
  return {};
}

Result<JoinResult> Join::run(const Sinks& sinks) const {
  tbb::enumerable_thread_specific<Worker> workers([&] {
    Worker worker;
    worker.sinks = &sinks;
    worker.options = options_;
    return worker;
  });
  tbb::parallel_for(size_t{0}, kKeyBuckets, [&](size_t bucket) {
    Worker& worker = workers.local();
    if (worker.error) return;
    const Result<void> joined = join_bucket(bucket, worker);
    if (!joined) worker.error = joined.error();
  });
  JoinResult all;
  for (Worker& worker : workers) {
    worker.give(worker.differing, sinks.differing);
    worker.give(worker.uncertain, sinks.uncertain);
    if (worker.error) return tl::unexpected(*worker.error);
    for (const auto& [slots, counts] : worker.result.counts) all.counts[slots].merge(counts);
    all.repeated_a.merge(worker.result.repeated_a);
    all.repeated_b.merge(worker.result.repeated_b);
  }
  return all;
}

}  // namespace rdbproof
