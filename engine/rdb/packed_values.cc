// Values that are one packed blob, or a list of them: one template a shape, one walker an encoding.
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "engine/encoding/intset.h"
#include "engine/encoding/listpack.h"
#include "engine/encoding/ziplist.h"
#include "engine/encoding/zipmap.h"
#include "engine/rdb/values.h"

namespace rdbproof {
namespace {

template <class Walker>
void walk_items(ValueReader& value, const Blob& blob) {
  Walker walker(blob);
  for (PackedValue item; walker.next(item);) {
    value.push({value.item_kind, value.text(item)});
  }
  value.adopt(walker);
}

// The second of a pair; a failure if the blob ends before it.
template <class Walker>
bool next_of_tuple(ValueReader& value, Walker& walker, PackedValue& item) {
  if (walker.next(item)) return true;
  value.adopt(walker.cursor());
  value.in.fail(Code::kTupleIncomplete);
  return false;
}

template <class Walker>
void walk_fields(ValueReader& value, const Blob& blob) {
  Walker walker(blob);
  PackedValue field;
  PackedValue text;
  while (walker.next(field)) {
    if (!next_of_tuple(value, walker, text)) return;
    const Bytes field_text = value.text(field);
    value.push({ElementKind::kField, field_text, value.text(text), kNoExpiry});
  }
  value.adopt(walker);
}

// The order of members of the same score: bytewise, by text.
bool is_after(const PackedValue& left, const PackedValue& right) {
  std::array<char, kDecimalBytes> left_digits;
  std::array<char, kDecimalBytes> right_digits;
  const auto text = [](const PackedValue& value, std::array<char, kDecimalBytes>& digits) -> Bytes {
    if (!value.is_integer) return value.text;
    return {digits.data(), write_decimal(digits.data(), value.integer)};
  };
  return text(left, left_digits) > text(right, right_digits);
}

template <class Walker>
void walk_scores(ValueReader& value, const Blob& blob) {
  Walker walker(blob);
  PackedValue member;
  PackedValue text;
  PackedValue previous_member;
  double previous_score = -std::numeric_limits<double>::infinity();
  while (walker.next(member)) {
    if (!next_of_tuple(value, walker, text)) return;
    Cursor here({}, walker.cursor().offset(), true);
    const double score =
        text.is_integer ? static_cast<double>(text.integer) : parse_score(here, text.text);
    if (!here) return value.adopt(here);
    // A member that comes twice in a row is found where all members are compared.
    if (score < previous_score || (score == previous_score && is_after(previous_member, member))) {
      return value.in.fail_at(Code::kBadOrder, walker.cursor().offset(), "");
    }
    previous_score = score;
    previous_member = member;
    value.push({ElementKind::kScored, value.text(member), {}, std::bit_cast<uint64_t>(score)});
  }
  value.adopt(walker);
}

// Returns the earliest expiry, or kNoExpiry.
uint64_t walk_expiring_fields(ValueReader& value, const Blob& blob) {
  ListpackWalker walker(blob);
  uint64_t earliest = kNoExpiry;
  PackedValue field;
  PackedValue text;
  PackedValue expiry;
  uint64_t previous = 0;
  while (walker.next(field)) {
    if (!next_of_tuple(value, walker, text) || !next_of_tuple(value, walker, expiry)) break;
    const auto time = static_cast<uint64_t>(expiry.integer);  // a negative one is too large
    if (!expiry.is_integer || time > kMaxFieldExpiryMs) {
      value.in.fail_at(Code::kBadExpiry, walker.cursor().offset(), "of a hash field");
      break;
    }
    const bool expires = time != 0;
    // Ascending, and those without an expiry last: servers expire from the front.
    const uint64_t order = expires ? time : kMaxFieldExpiryMs + 1;
    if (order < previous) {
      value.in.fail_at(Code::kBadExpiry, walker.cursor().offset(), "fields out of order");
      break;
    }
    previous = order;
    if (expires && earliest == kNoExpiry) earliest = time;
    if (expires) ++value.summary.expiring_elements;
    const Bytes field_text = value.text(field);
    value.push({ElementKind::kField, field_text, value.text(text), expires ? time : kNoExpiry});
  }
  value.adopt(walker);
  return earliest;
}

// Reads the one blob of the value and walks it.
template <auto kWalk>
void decode_blob(ValueReader& value) {
  const Blob blob = value.read_blob();
  if (!value.in) return;
  kWalk(value, blob);
  value.out.flush();
}

}  // namespace

void decode_ziplist_items(ValueReader& value) {
  decode_blob<walk_items<ZiplistWalker>>(value);
}
void decode_ziplist_scores(ValueReader& value) {
  decode_blob<walk_scores<ZiplistWalker>>(value);
}
void decode_ziplist_fields(ValueReader& value) {
  decode_blob<walk_fields<ZiplistWalker>>(value);
}
void decode_zipmap_fields(ValueReader& value) {
  decode_blob<walk_fields<ZipmapWalker>>(value);
}
void decode_intset_items(ValueReader& value) {
  decode_blob<walk_items<IntsetWalker>>(value);
}
void decode_listpack_items(ValueReader& value) {
  decode_blob<walk_items<ListpackWalker>>(value);
}
void decode_listpack_scores(ValueReader& value) {
  decode_blob<walk_scores<ListpackWalker>>(value);
}
void decode_listpack_fields(ValueReader& value) {
  decode_blob<walk_fields<ListpackWalker>>(value);
}

void decode_listpack_expiring_fields_pre_ga(ValueReader& value) {
  decode_blob<walk_expiring_fields>(value);
}

void decode_listpack_expiring_fields(ValueReader& value) {
  // What the server has noted is not exact: fields that expired, were deleted or became persistent
  // leave it too early, and it stays as it is while it is too late by less than four seconds.
  constexpr uint64_t kLeewayMs = 4000;
  const uint64_t offset = value.in.offset();
  const uint64_t noted = value.in.u64_le();
  const Blob blob = value.read_blob();
  if (!value.in) return;
  const uint64_t earliest = walk_expiring_fields(value, blob);
  value.out.flush();
  if (!value.in) return;
  const uint64_t latest = earliest == kNoExpiry ? kMaxFieldExpiryMs : earliest + kLeewayMs;
  if (noted > latest) value.remark_whole(Code::kFieldExpiryHint, offset);
}

void decode_quicklist(ValueReader& value, uint64_t nodes) {
  for (uint64_t i = 0; i < nodes && value.in; ++i) {
    value.path.at(0, "node", i);
    decode_blob<walk_items<ZiplistWalker>>(value);
  }
}

void decode_quicklist_2(ValueReader& value, uint64_t nodes) {
  constexpr uint64_t kPlain = 1;
  constexpr uint64_t kPacked = 2;
  for (uint64_t i = 0; i < nodes && value.in; ++i) {
    value.path.at(0, "node", i);
    const uint64_t container = read_length(value.in);
    // Since 7.2 a list of one packed node is a listpack in memory.
    if (nodes == 1 && container == kPacked && value.file.version >= 11) {
      value.summary.encoding = "listpack";
    }
    if (container == kPacked) {
      decode_blob<walk_items<ListpackWalker>>(value);
    } else if (container == kPlain) {
      const Blob blob = value.read_blob();
      if (value.in && blob.data.empty()) value.in.fail(Code::kBadQuicklist, "an empty plain node");
      if (!value.in) return;
      value.push({value.item_kind, blob.data});
      value.out.flush();
    } else {
      return value.in.fail(Code::kBadQuicklist, "a node of an unknown kind");
    }
  }
}

}  // namespace rdbproof
