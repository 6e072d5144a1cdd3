#include "engine/diff/recheck.h"

#include <algorithm>
#include <memory>
#include <thread>

namespace rdbproof {
namespace {

using enum DifferenceKind;

constexpr size_t kBatch = 1024;

// What does not change unless the key does.
bool is_alike(const KeyRecord& one, const KeyRecord& other, const CompareOptions& options) {
  const bool same = one.content == other.content && one.type_slot == other.type_slot;
  return same && (options.ignore_expiry ||
                  (one.members == other.members && do_keys_expire_alike(one, other, options)));
}

// Who had the key when it was looked at last; of an unstable one nobody.
bool is_in_a(const Difference& difference) {
  return difference.kind != kOnlyB && difference.kind != kUnstable;
}

bool is_in_b(const Difference& difference) {
  return difference.kind != kOnlyA && difference.kind != kUnstable;
}

bool is_no_difference(DifferenceKind kind) {
  return kind == kSame || kind == kExpired || kind == kExpiredB;
}

void recount(CountsBySlot& counts, const Difference& then, const Difference& now) {
  const auto slots = [](const Difference& difference) {
    return std::pair{difference.first().database_slot, difference.first().type_slot};
  };
  --counts[slots(then)][then.kind];
  ++counts[slots(now)][now.kind];
}

}  // namespace

Result<void> Recheck::run(DifferenceStore& found, DifferenceStore& settled, CountsBySlot& counts) {
  const auto make_store = [&] {
    return std::make_unique<DifferenceStore>(UINT64_MAX, options_.memory_bytes,
                                             options_.open_scratch);
  };
  std::unique_ptr<DifferenceStore> pending;
  DifferenceStore* from = &found;
  auto pause = options_.first_pause;
  for (unsigned round = 0; round < std::max(options_.rounds, 1u); ++round) {
    TRY(std::vector<Difference> some, from->next(kBatch));
    if (some.empty()) break;
    std::this_thread::sleep_for(pause);
    pause *= 2;
    std::unique_ptr<DifferenceStore> next = make_store();
    const bool is_last = round + 1 >= options_.rounds;
    while (!some.empty()) {
      TRY_VOID(look_again(std::move(some), is_last, *next, settled, counts));
      TRY(some, from->next(kBatch));
    }
    pending = std::move(next);
    from = pending.get();
  }
  return {};
}

// What a live side says now. Of a key that cannot be read it is not known whether it is there.
Result<void> Recheck::look_up(Side& side, std::vector<Difference>& differences,
                              const std::vector<std::string>& names, KeyRecord Difference::*record,
                              std::vector<bool>& is_there, std::vector<bool>& is_known) {
  std::vector<ServerSource::AskedKey> asked;
  for (size_t i = 0; i < names.size(); ++i) {
    asked.push_back({slots_.database(differences[i].first().database_slot), names[i]});
  }
  TRY(const auto now, side.look_up(asked));
  for (size_t i = 0; i < names.size(); ++i) {
    KeyRecord& place = differences[i].*record;
    const bool had_place = is_there[i] && (place.flags & KeyRecord::kNoPlace) == 0;
    is_there[i] = now[i].record.has_value();
    if (now[i].is_unreadable) is_known[i] = false;
    if (!now[i].record) continue;
    KeyRecord fresh = *now[i].record;
    fresh.place = place.place;
    if (!had_place) fresh.flags |= KeyRecord::kNoPlace;
    place = fresh;
  }
  return {};
}

bool Recheck::has_expired(const KeyRecord& record) const {
  return record.has_expiry() && record.expire_at_ms <= std::max(a_.now_ms(), b_.now_ms());
}

DifferenceKind Recheck::judge(const Difference& now, bool in_a, bool in_b) const {
  if (in_a && in_b) return compare_records(now.a, now.b, compare_);
  if (in_a) return has_expired(now.a) ? kExpired : kOnlyA;
  if (in_b) return has_expired(now.b) ? kExpiredB : kOnlyB;
  return kUnstable;  // gone from both
}

Result<void> Recheck::look_again(std::vector<Difference> some, bool is_last,
                                 DifferenceStore& pending, DifferenceStore& settled,
                                 CountsBySlot& counts) {
  const std::vector<Difference> before = some;
  TRY(const std::vector<std::string> names, read_names(a_, b_, some));
  std::vector<bool> in_a;
  std::vector<bool> in_b;
  for (const Difference& difference : some) {
    in_a.push_back(is_in_a(difference));
    in_b.push_back(is_in_b(difference));
  }
  std::vector<bool> is_known(some.size(), true);
  if (a_.is_live()) {
    TRY_VOID(look_up(a_, some, names, &Difference::a, in_a, is_known));
  }
  if (b_.is_live()) {
    TRY_VOID(look_up(b_, some, names, &Difference::b, in_b, is_known));
  }
  std::vector<Difference> differing;
  std::vector<Difference> moving;
  for (size_t i = 0; i < some.size(); ++i) {
    Difference& now = some[i];
    const Difference& then = before[i];
    now.kind = is_known[i] ? judge(now, in_a[i], in_b[i]) : kUnstable;
    const bool is_same_pair = is_known[i] && in_a[i] == is_in_a(then) && in_b[i] == is_in_b(then) &&
                              (!in_a[i] || is_alike(now.a, then.a, compare_)) &&
                              (!in_b[i] || is_alike(now.b, then.b, compare_));
    const bool is_settled = is_same_pair || is_no_difference(now.kind);
    if (!is_settled && is_last) now.kind = kUnstable;
    recount(counts, then, now);
    if (!is_settled && !is_last) {
      moving.push_back(now);
    } else if (!is_no_difference(now.kind)) {
      differing.push_back(now);
    }
  }
  TRY_VOID(pending.add(std::move(moving)));
  return settled.add(std::move(differing));
}

}  // namespace rdbproof
