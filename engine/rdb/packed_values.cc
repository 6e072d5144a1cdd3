// Values that are one packed blob, or a list of them: one template a shape, one walker an encoding.
#include <bit>
#include <cmath>

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
  value.adopt_failure(walker.cursor());
}

// The second of a pair; a failure if the blob ends before it.
template <class Walker>
bool next_of_tuple(ValueReader& value, Walker& walker, PackedValue& item) {
  if (walker.next(item)) return true;
  value.adopt_failure(walker.cursor());
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
  value.adopt_failure(walker.cursor());
}

template <class Walker>
void walk_scores(ValueReader& value, const Blob& blob) {
  Walker walker(blob);
  PackedValue member;
  PackedValue text;
  while (walker.next(member)) {
    if (!next_of_tuple(value, walker, text)) return;
    Cursor here({}, walker.cursor().offset(), true);
    const double score =
        text.is_integer ? static_cast<double>(text.integer) : parse_score(here, text.text);
    if (!here) return value.adopt_failure(here);
    value.push({ElementKind::kScored, value.text(member), {}, std::bit_cast<uint64_t>(score)});
  }
  value.adopt_failure(walker.cursor());
}

void walk_expiring_fields(ValueReader& value, const Blob& blob) {
  ListpackWalker walker(blob);
  PackedValue field;
  PackedValue text;
  PackedValue expiry;
  uint64_t previous = 0;
  while (walker.next(field)) {
    if (!next_of_tuple(value, walker, text) || !next_of_tuple(value, walker, expiry)) return;
    const auto time = static_cast<uint64_t>(expiry.integer);  // a negative one is too large
    if (!expiry.is_integer || time > kMaxFieldExpiryMs) {
      return value.in.fail_at(Code::kBadExpiry, walker.cursor().offset(), "of a hash field");
    }
    const bool expires = time != 0;
    // Ascending, and those without an expiry last: servers expire from the front.
    const uint64_t order = expires ? time : kMaxFieldExpiryMs + 1;
    if (order < previous) {
      return value.in.fail_at(Code::kBadExpiry, walker.cursor().offset(), "fields out of order");
    }
    previous = order;
    if (expires) ++value.summary.expiring_elements;
    const Bytes field_text = value.text(field);
    value.push({ElementKind::kField, field_text, value.text(text), expires ? time : kNoExpiry});
  }
  value.adopt_failure(walker.cursor());
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
  value.in.skip(8);  // the earliest of the expiries that follow
  decode_blob<walk_expiring_fields>(value);
}

void decode_quicklist(ValueReader& value) {
  const uint64_t nodes = read_length(value.in);
  for (uint64_t i = 0; i < nodes && value.in; ++i) {
    value.path.at(0, "node", i);
    decode_blob<walk_items<ZiplistWalker>>(value);
  }
}

void decode_quicklist_2(ValueReader& value) {
  constexpr uint64_t kPlain = 1;
  constexpr uint64_t kPacked = 2;
  const uint64_t nodes = read_length(value.in);
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
