#include "engine/diff/diff.h"

#include <algorithm>
#include <chrono>

#include "engine/diff/difference_store.h"
#include "engine/diff/recheck.h"
#include "engine/io/scratch_file.h"
#include "engine/scan/run_with_threads.h"

namespace rdbproof {
namespace {

// Differences that are read again at a time.
constexpr size_t kBatch = 2048;

// How the memory for what grows with the number of keys is shared out.
struct Shares {
  explicit Shares(const VerifyOptions& options)
      : members(options.limits.max_index_bytes / 8),
        records(options.limits.max_index_bytes / 16 * 5),
        differences(options.limits.max_index_bytes / 8),
        most_joined(options.limits.max_index_bytes / 8 / options.threads / kJoinedBytes) {}

  // Of a record while it is compared: twice itself, and its place among others.
  static constexpr uint64_t kJoinedBytes = 2 * sizeof(KeyRecord) + 16;

  uint64_t members;
  uint64_t records;  // of a side
  uint64_t differences;
  uint64_t most_joined;  // records of a side, by a thread
};

VerifyOptions options_of_side(const DiffOptions& options, const Shares& shares) {
  VerifyOptions result = options.verify;
  result.limits.max_index_bytes = std::max<uint64_t>(shares.members, 1);
  return result;
}

class Comparison {
 public:
  explicit Comparison(const DiffOptions& options)
      : options_(options),
        shares_(options.verify),
        side_options_(options_of_side(options, shares_)),
        a_(slots_, *options.filter, side_options_, shares_.records),
        b_(slots_, *options.filter, side_options_, shares_.records),
        joined_(UINT64_MAX, shares_.differences / 2, open_scratch()),
        found_(options.write ? UINT64_MAX : options.shown, shares_.differences / 2, open_scratch()),
        uncertain_(UINT64_MAX, shares_.differences / 4, open_scratch()) {}

  Result<DiffReport> run(const std::vector<std::string>& a, const std::vector<std::string>& b) {
    const auto begin = std::chrono::steady_clock::now();
    TRY_VOID(read(a, a_));
    TRY_VOID(read(b, b_));
    Result<void> done;
    run_with_threads(options_.verify.threads, [&] { done = compare(); });
    TRY_VOID(std::move(done));
    sum_up();
    compare_functions();
    decide();
    report_.a = a_.take_reports();
    report_.b = b_.take_reports();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    report_.seconds = elapsed.count();
    return std::move(report_);
  }

 private:
  OpenScratch open_scratch() const {
    return [directory = options_.verify.temp_dir] { return ScratchFile::create(directory); };
  }

  Result<void> read(const std::vector<std::string>& paths, Side& side) {
    for (const std::string& path : paths) {
      TRY_VOID(side.add(path, options_.read_source));
    }
    Result<void> finished;
    run_with_threads(options_.verify.threads, [&] { finished = side.finish(); });
    return finished;
  }

  Result<void> compare() {
    allow_for_live_sides();
    const bool is_live = compare_.is_a_live || compare_.is_b_live;
    DifferenceStore& joined_into = is_live ? joined_ : found_;
    const Join join(a_.records(), b_.records(), compare_,
                    std::max<uint64_t>(shares_.most_joined, 1));
    TRY(JoinResult joined,
        join.run(
            {[&](std::vector<Difference>&& some) { return joined_into.add(std::move(some)); },
             [&](std::vector<Difference>&& some) { return uncertain_.add(std::move(some)); }}));
    counts_ = std::move(joined.counts);
    a_.report_repeated(joined.repeated_a);
    b_.report_repeated(joined.repeated_b);
    TRY_VOID(settle_uncertain(joined_into));
    if (is_live) {
      Recheck recheck(a_, b_, slots_, compare_,
                      {.rounds = options_.rounds,
                       .first_pause = options_.first_pause,
                       .memory_bytes = shares_.differences / 4,
                       .open_scratch = open_scratch()});
      TRY_VOID(recheck.run(joined_, found_, counts_));
    }
    return name_differences();
  }

  // Servers before Redis 7.0 say in how long a key expires, and not when.
  void allow_for_live_sides() {
    compare_ = options_.compare;
    compare_.is_a_live = a_.is_live();
    compare_.is_b_live = b_.is_live();
    for (const Side* side : {&a_, &b_}) {
      for (const SourceReport& report : side->reports()) {
        if (!report.server || report.server->exact_expiry) continue;
        compare_.expiry_tolerance_ms = std::max<uint64_t>(compare_.expiry_tolerance_ms, 1000);
      }
    }
  }

  // Keys whose members expire at other times: by more than the tolerance?
  Result<void> settle_uncertain(DifferenceStore& differing_into) {
    ValuePairs pairs(a_, b_, value_options(), value_bytes());
    while (true) {
      TRY(std::vector<Difference> some, uncertain_.next(kBatch));
      if (some.empty()) return {};
      std::vector<Difference> differing;
      TRY_VOID(pairs.compare(some, [&](const Difference& difference, const PairResult& pair) {
        const bool same = pair.inside && pair.inside->difference.is_empty();
        unsettled_ += !pair.inside;
        const auto kind = same ? DifferenceKind::kSame : DifferenceKind::kExpiry;
        ++counts_[{difference.a.database_slot, difference.a.type_slot}][kind];
        if (!same) differing.push_back(difference);
        return Result<void>();
      }));
      TRY_VOID(differing_into.add(std::move(differing)));
    }
  }

  Result<void> name_differences() {
    ValuePairs pairs(a_, b_, value_options(), value_bytes());
    while (true) {
      TRY(std::vector<Difference> some, found_.next(kBatch));
      if (some.empty()) return {};
      const auto take = [&](const Difference& difference, PairResult& pair) {
        return add(name(difference, pair));
      };
      TRY_VOID(options_.deep ? pairs.compare(some, take) : pairs.name(some, take));
    }
  }

  DifferenceOptions value_options() const {
    DifferenceOptions result;
    result.ignore_expiry = compare_.ignore_expiry;
    result.expiry_tolerance_ms = compare_.expiry_tolerance_ms;
    return result;
  }

  NamedDifference name(const Difference& difference, PairResult& pair) const {
    NamedDifference named;
    named.kind = difference.kind;
    named.database = slots_.database(difference.first().database_slot);
    named.name = std::move(pair.name);
    named.type = slots_.type_name(difference.first().type_slot);
    if (difference.kind == DifferenceKind::kType) {
      named.type_b = slots_.type_name(difference.b.type_slot);
    }
    if (difference.a.has_expiry()) named.expire_at_ms_a = difference.a.expire_at_ms;
    if (difference.b.has_expiry()) named.expire_at_ms_b = difference.b.expire_at_ms;
    named.inside = std::move(pair.inside);
    named.not_inside = std::move(pair.not_inside);
    return named;
  }

  // Of values that are compared, and of those that are kept for the report: a half each.
  uint64_t value_bytes() const { return options_.verify.limits.max_decompressed_bytes / 4; }

  Result<void> add(NamedDifference&& difference) {
    if (options_.write) {
      TRY_VOID(options_.write(difference));
    }
    if (report_.differences.size() < options_.shown) {
      if (difference.inside) {
        kept_bytes_ += difference.inside->memory_bytes();
        if (kept_bytes_ > value_bytes()) difference.forget_inside();
      }
      report_.differences.push_back(std::move(difference));
    }
    return {};
  }

  void sum_up() {
    for (const auto& [slots, counts] : counts_) {
      const auto [database, type] = slots;
      report_.counts.merge(counts);
      report_.by_database_and_type[slots_.database(database)][slots_.type_name(type)].merge(counts);
    }
  }

  // Unless only some of the keys are asked for. Shards of a side have the same libraries.
  void compare_functions() {
    if (!options_.functions || !options_.filter->wants_all()) return;
    std::map<std::string, Uint128> in_a;
    std::map<std::string, Uint128> in_b;
    for (const auto& [side, all] : {std::pair{&a_, &in_a}, std::pair{&b_, &in_b}}) {
      for (const SourceReport& report : side->reports()) {
        if (report.server && !report.server->has_functions) return;
        all->insert(report.function_sources.begin(), report.function_sources.end());
      }
    }
    std::map<std::string, DifferenceKind>& found = report_.functions.emplace();
    for (const auto& [name, source] : in_a) {
      const auto other = in_b.find(name);
      if (other == in_b.end()) {
        found[name] = DifferenceKind::kOnlyA;
      } else if (other->second != source) {
        found[name] = DifferenceKind::kValue;
      }
    }
    for (const auto& [name, source] : in_b) {
      if (!in_a.contains(name)) found[name] = DifferenceKind::kOnlyB;
    }
  }

  // What a damaged side lacks may be in what could not be read of it.
  void decide() {
    using enum DifferenceKind;
    const DifferenceCounts& counts = report_.counts;
    const bool a_is_whole = a_.is_whole();
    const bool b_is_whole = b_.is_whole();
    const bool do_functions_differ = report_.functions && !report_.functions->empty();
    const bool is_proven = (do_functions_differ && a_is_whole && b_is_whole) ||
                           counts[kType] + counts[kValue] != 0 || counts[kExpiry] > unsettled_ ||
                           (counts[kOnlyA] != 0 && b_is_whole) ||
                           (counts[kOnlyB] != 0 && a_is_whole);
    if (!a_is_whole || !b_is_whole) {
      report_.reason = !a_is_whole && !b_is_whole ? "neither side could be read whole"
                       : a_is_whole               ? "B could not be read whole"
                                                  : "A could not be read whole";
    }
    if (is_proven) {
      report_.verdict = DiffVerdict::kDifferent;
    } else if (unsettled_ != 0) {
      report_.reason = std::to_string(unsettled_) + (unsettled_ == 1 ? " key's" : " keys'") +
                       " members expire at other times, and could not be read again to compare by "
                       "how much";
    } else if (counts[kUnstable] != 0) {
      report_.reason = "keys changed while they were compared";
    } else if (a_is_whole && b_is_whole && fingerprints_agree()) {
      report_.verdict = DiffVerdict::kSame;
    }
  }

  // A second opinion: sums that were made without records.
  bool fingerprints_agree() {
    if (!options_.filter->wants_all() || compare_.expiry_tolerance_ms != 0) return true;
    // What was read of a server is not what it has now.
    if (a_.is_live() || b_.is_live()) return true;
    const FingerprintText a = fingerprint_of(a_);
    const FingerprintText b = fingerprint_of(b_);
    if (a.content == b.content &&
        (compare_.ignore_expiry || a.content_and_expiry == b.content_and_expiry)) {
      return true;
    }
    report_.reason = "no key differs, but the fingerprints do: please report this";
    return false;
  }

  FingerprintText fingerprint_of(const Side& side) const {
    Contents all(options_.verify.now_ms);
    for (const SourceReport& report : side.reports()) all.merge(report.contents);
    return all.fingerprint(false);
  }

  const DiffOptions& options_;
  Shares shares_;
  VerifyOptions side_options_;
  KeySlots slots_;
  Side a_;
  Side b_;
  DifferenceStore joined_;  // where a side is live: to be looked at again
  DifferenceStore found_;
  DifferenceStore uncertain_;
  CompareOptions compare_;
  CountsBySlot counts_;
  uint64_t unsettled_ = 0;  // keys of other expiries, perhaps within the tolerance
  uint64_t kept_bytes_ = 0;
  DiffReport report_;
};

}  // namespace

std::string_view verdict_name(DiffVerdict verdict) {
  switch (verdict) {
    case DiffVerdict::kSame:
      return "same";
    case DiffVerdict::kDifferent:
      return "different";
    case DiffVerdict::kInconclusive:
      return "inconclusive";
  }
  return "inconclusive";
}

Result<DiffReport> diff_sources(const std::vector<std::string>& a,
                                const std::vector<std::string>& b, const DiffOptions& options) {
  return Comparison(options).run(a, b);
}

}  // namespace rdbproof
