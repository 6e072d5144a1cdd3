#include "engine/fingerprint/fast_value.h"

#include <algorithm>

#include "engine/fingerprint/canonical.h"
#include "engine/fingerprint/hash_input.h"

namespace rdbproof {
namespace {

// Odd; the base of the polynomial over sequences.
constexpr Uint128 kBase = make_uint128(0x9e3779b97f4a7c15, 0xf39cc0605cedc835);

// Terms of a value that are not its elements, told apart by their first field.
enum TermTag : uint64_t {
  kLastIdTerm = 1,
  kGroupTerm = 2,
  kConsumerTerm = 3,
  kPendingTerm = 4,
  kInsertIndexTerm = 5,
  kVectorInfoTerm = 6,
};

// Exchanges the high and the low half.
Uint128 swap_halves(Uint128 a) {
  return a << 64 | a >> 64;
}

// Binds two hashes. Odd numbers are invertible: a change of b alone always changes the product.
// The exchange makes it differ from the product of b and a.
Uint128 bind(Uint128 a, Uint128 b) {
  return (a | 1) * swap_halves(b);
}

// Binds a hash to a number.
Uint128 bind_number(Uint128 a, uint64_t number) {
  return (a | 1) * (Uint128{number} * 2 + 1);
}

Uint128 token_hash(const Element& token, Uint128 string_hash) {
  if (token.x == static_cast<uint64_t>(TokenKind::kString)) return string_hash;
  return HashInput().add(token.x).add(token.y).hash();
}

Uint128 consumer_hash(Uint128 group, Uint128 consumer) {
  return HashInput().add(group).add(consumer).hash();
}

}  // namespace

Mark consumer_mark(Bytes group, Bytes consumer) {
  return Mark(consumer_hash(hash128(group), hash128(consumer)));
}

void FastValue::begin() {
  members_.clear();
  sum_ = 0;
  sequence_ = 0;
  member_expiry_ = 0;
  in_entry_ = false;
  in_group_ = false;
}

void FastValue::add_sequence(Uint128 hash) {
  sequence_ = sequence_ * kBase + hash;
}

Uint128 FastValue::add_member(Uint128 hash) {
  members_.add(hash);
  return hash;
}

void FastValue::end_stream_entry() {
  if (!in_entry_) return;
  in_entry_ = false;
  sum_ += HashInput().add(entry_ms_).add(entry_sequence_).add(entry_fields_).add(sequence_).hash();
  sequence_ = 0;
}

void FastValue::end_stream_group() {
  if (!in_group_) return;
  in_group_ = false;
  sum_ += HashInput()
              .add(uint64_t{kGroupTerm})
              .add(group_name_)
              .add(group_ms_)
              .add(group_sequence_)
              .add(group_sum_)
              .hash();
}

void FastValue::add_stream_part(const Element& element, Uint128 a, Uint128 b) {
  switch (element.kind) {
    case ElementKind::kStreamEntry:
      end_stream_entry();
      in_entry_ = true;
      entry_ms_ = element.x;
      entry_sequence_ = element.y;
      entry_fields_ = 0;
      break;
    case ElementKind::kStreamField:
      ++entry_fields_;
      add_sequence(a);
      add_sequence(b);
      break;
    case ElementKind::kStreamLastId:
      end_stream_entry();
      sum_ += HashInput().add(uint64_t{kLastIdTerm}).add(element.x).add(element.y).hash();
      break;
    case ElementKind::kStreamGroup:
      end_stream_group();
      in_group_ = true;
      group_name_ = add_member(a);
      group_ms_ = element.x;
      group_sequence_ = element.y;
      group_sum_ = 0;
      break;
    case ElementKind::kStreamConsumer:
      group_sum_ += HashInput().add(uint64_t{kConsumerTerm}).add(a).hash();
      members_.add(consumer_hash(group_name_, a));
      break;
    case ElementKind::kStreamPending:
      group_sum_ += HashInput()
                        .add(uint64_t{kPendingTerm})
                        .add(a)
                        .add(element.x)
                        .add(element.y)
                        .add(element.z)
                        .hash();
      break;
    default:
      break;
  }
}

void FastValue::add_one(const Element& element, Uint128 a, Uint128 b) {
  switch (element.kind) {
    case ElementKind::kItem:
      add_sequence(a);
      break;
    case ElementKind::kMember:
      sum_ += add_member(a);
      break;
    case ElementKind::kField: {
      const Uint128 field = add_member(a);
      sum_ += bind(field, b);
      if (element.x != kNoExpiry) member_expiry_ += bind_number(field, element.x);
      break;
    }
    case ElementKind::kScored:
      sum_ += bind_number(add_member(a), canonical_score(element.x));
      break;
    case ElementKind::kMemberExpiry:
      member_expiry_ += bind_number(a, element.x);
      break;
    case ElementKind::kArrayItem:
      sum_ += bind_number(a, element.x);
      break;
    case ElementKind::kArrayInsertIndex:
      sum_ += HashInput().add(uint64_t{kInsertIndexTerm}).add(element.x).hash();
      break;
    case ElementKind::kVectorSetInfo:
      sum_ += HashInput().add(uint64_t{kVectorInfoTerm}).add(element.x).add(element.y).hash();
      break;
    case ElementKind::kVector:
      sum_ += bind(add_member(a), b);
      break;
    case ElementKind::kVectorAttribute:
      // One more than a vector's term, so that the two cannot trade places.
      sum_ += bind(a + 2, b);
      break;
    case ElementKind::kToken:
      add_sequence(token_hash(element, a));
      break;
    default:
      add_stream_part(element, a, b);
  }
}

void FastValue::add_items(std::span<const Element> batch) {
  hash128_many(&batch[0].a, sizeof(Element), batch.size(), a_hashes_.data());
  for (size_t i = 0; i < batch.size(); ++i) add_sequence(a_hashes_[i]);
}

std::span<const Uint128> FastValue::member_hashes(std::span<const Element> batch) {
  const std::span<Uint128> hashes = members_.room(batch.size());
  hash128_many(&batch[0].a, sizeof(Element), batch.size(), hashes.data());
  return hashes;
}

void FastValue::add_members(std::span<const Element> batch) {
  for (const Uint128 hash : member_hashes(batch)) sum_ += hash;
  members_.add_room(batch.size());
}

void FastValue::add_fields(std::span<const Element> batch) {
  const std::span<const Uint128> fields = member_hashes(batch);
  hash128_many(&batch[0].b, sizeof(Element), batch.size(), b_hashes_.data());
  for (size_t i = 0; i < batch.size(); ++i) {
    sum_ += bind(fields[i], b_hashes_[i]);
    if (batch[i].x != kNoExpiry) member_expiry_ += bind_number(fields[i], batch[i].x);
  }
  members_.add_room(batch.size());
}

void FastValue::add_scored(std::span<const Element> batch) {
  const std::span<const Uint128> members = member_hashes(batch);
  for (size_t i = 0; i < batch.size(); ++i) {
    sum_ += bind_number(members[i], canonical_score(batch[i].x));
  }
  members_.add_room(batch.size());
}

void FastValue::add_some(std::span<const Element> batch) {
  const ElementKind kind = batch.front().kind;
  bool is_uniform = true;
  for (const Element& element : batch) is_uniform &= element.kind == kind;
  if (is_uniform && kind == ElementKind::kItem) return add_items(batch);
  if (is_uniform && kind == ElementKind::kMember) return add_members(batch);
  if (is_uniform && kind == ElementKind::kField) return add_fields(batch);
  if (is_uniform && kind == ElementKind::kScored) return add_scored(batch);
  hash128_many(&batch[0].a, sizeof(Element), batch.size(), a_hashes_.data());
  hash128_many(&batch[0].b, sizeof(Element), batch.size(), b_hashes_.data());
  for (size_t i = 0; i < batch.size(); ++i) add_one(batch[i], a_hashes_[i], b_hashes_[i]);
}

void FastValue::add(std::span<const Element> batch) {
  // Strings are the commonest values.
  if (batch.size() == 1 && batch[0].kind == ElementKind::kItem) {
    return add_sequence(hash128(batch[0].a));
  }
  while (!batch.empty()) {
    const size_t count = std::min(batch.size(), kMostAtOnce);
    add_some(batch.first(count));
    batch = batch.subspan(count);
  }
}

void FastValue::append(const Slice& slice) {
  sum_ += slice.sum;
  member_expiry_ += slice.member_expiry;
  Uint128 power = 1;  // kBase to the number of elements
  Uint128 square = kBase;
  for (uint64_t left = slice.elements; left != 0; left >>= 1, square *= square) {
    if (left & 1) power *= square;
  }
  sequence_ = sequence_ * power + slice.sequence;
}

Uint128 FastValue::value() {
  end_stream_entry();
  end_stream_group();
  return sum_ + sequence_;
}

}  // namespace rdbproof
