#include "engine/verify/size_hints.h"

#include <algorithm>
#include <limits>
#include <string>

namespace rdbproof {
namespace {

uint64_t add_saturated(uint64_t a, uint64_t b) {
  return a > std::numeric_limits<uint64_t>::max() - b ? std::numeric_limits<uint64_t>::max()
                                                      : a + b;
}

// Servers allot the buckets of their hash tables, 8 bytes each, before the first key. From 1 GiB on
// Redis 7.0 was seen to answer nothing for ten seconds on SCAN while it shrinks such a table again,
// and to abort where memory is limited; smaller ones go unnoticed.
bool is_huge(uint64_t announced, uint64_t found) {
  constexpr uint64_t kBuckets = uint64_t{1} << 27;
  constexpr uint64_t kBucketsPerKey = 16;
  return announced >= kBuckets && announced / kBucketsPerKey > found;
}

bool agree(const KeyCounts& announced, const KeyCounts& found, const SizeHints::Rules& rules) {
  if (!rules.expires_count) return announced.keys == found.keys;
  if (announced == found) return true;
  return rules.expired_left_out && announced.keys >= found.keys &&
         announced.expires >= found.expires &&
         announced.keys - found.keys == announced.expires - found.expires;
}

std::string text(const KeyCounts& counts) {
  return std::to_string(counts.keys) + " keys, " + std::to_string(counts.expires) + " with expiry";
}

}  // namespace

void KeyCounts::add(const KeyCounts& other) {
  keys = add_saturated(keys, other.keys);
  expires = add_saturated(expires, other.expires);
}

void SizeHints::Database::merge(const Database& other) {
  announced.add(other.announced);
  places += other.places;
  first_offset = std::min(first_offset, other.first_offset);
  dropped.add(other.dropped);
}

void SizeHints::add(const KeyCounts& announced, uint64_t offset) {
  current().merge({announced, 1, offset, {}});
  if (has_keys_) {
    late_offset_ = std::min(late_offset_, offset);
  } else if (!database_) {
    leading_offset_ = std::min(leading_offset_, offset);
  }
}

void SizeHints::absorb(const SizeHints& next) {
  if (!next.nameless_.is_empty()) current().merge(next.nameless_);
  for (const auto& [number, database] : next.named_) named_[number].merge(database);
  late_offset_ = std::min(late_offset_, next.late_offset_);
  if (has_keys_) late_offset_ = std::min(late_offset_, next.leading_offset_);
  has_keys_ = next.has_keys_ || (has_keys_ && !next.database_);
  if (next.database_) database_ = next.database_;
}

void SizeHints::check(const Keyspace& keyspace, const Rules& rules, FindingLog& log) const {
  if (late_offset_ != kNowhere) {
    log.add(
        {Code::kSizeHint, late_offset_, kNoDatabase, false, {}, "announced behind the first key"});
  }
  for (const auto& [number, database] : named_) {
    if (database.places == 0) continue;
    KeyCounts found = database.dropped;
    const auto counts = keyspace.databases().find(number);
    if (counts != keyspace.databases().end()) {
      found.add({counts->second.keys(), counts->second.expires()});
    }
    check_database(number, database, found, rules, log);
  }
}

void SizeHints::check_database(uint64_t number, const Database& database, const KeyCounts& found,
                               const Rules& rules, FindingLog& log) {
  const KeyCounts& announced = database.announced;
  if (agree(announced, found, rules)) return;
  const bool huge =
      is_huge(announced.keys, found.keys) || is_huge(announced.expires, found.expires);
  std::string detail = text(announced) + " announced";
  if (database.places > 1) detail += " in " + std::to_string(database.places) + " places";
  log.add({huge ? Code::kHugeSizeHint : Code::kSizeHint,
           database.first_offset,
           number,
           false,
           {},
           detail + "; " + text(found) + " are there"});
}

}  // namespace rdbproof
