#include "engine/fingerprint/fast_value.h"

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

Uint128 token_hash(const Element& token) {
  if (token.x == static_cast<uint64_t>(TokenKind::kString)) return hash128(token.a);
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

Uint128 FastValue::member_hash(Bytes member) {
  const Uint128 hash = hash128(member);
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

void FastValue::add_stream_part(const Element& element) {
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
      add_sequence(hash128(element.a));
      add_sequence(hash128(element.b));
      break;
    case ElementKind::kStreamLastId:
      end_stream_entry();
      sum_ += HashInput().add(uint64_t{kLastIdTerm}).add(element.x).add(element.y).hash();
      break;
    case ElementKind::kStreamGroup:
      end_stream_group();
      in_group_ = true;
      group_name_ = member_hash(element.a);
      group_ms_ = element.x;
      group_sequence_ = element.y;
      group_sum_ = 0;
      break;
    case ElementKind::kStreamConsumer:
      group_sum_ += HashInput().add(uint64_t{kConsumerTerm}).add(hash128(element.a)).hash();
      members_.add(consumer_hash(group_name_, hash128(element.a)));
      break;
    case ElementKind::kStreamPending:
      group_sum_ += HashInput()
                        .add(uint64_t{kPendingTerm})
                        .add(hash128(element.a))
                        .add(element.x)
                        .add(element.y)
                        .add(element.z)
                        .hash();
      break;
    default:
      break;
  }
}

void FastValue::add_one(const Element& element) {
  switch (element.kind) {
    case ElementKind::kItem:
      add_sequence(hash128(element.a));
      break;
    case ElementKind::kMember:
      sum_ += member_hash(element.a);
      break;
    case ElementKind::kField: {
      const Uint128 field = member_hash(element.a);
      sum_ += bind(field, hash128(element.b));
      if (element.x != kNoExpiry) member_expiry_ += bind_number(field, element.x);
      break;
    }
    case ElementKind::kScored:
      sum_ += bind_number(member_hash(element.a), canonical_score(element.x));
      break;
    case ElementKind::kMemberExpiry:
      member_expiry_ += bind_number(hash128(element.a), element.x);
      break;
    case ElementKind::kArrayItem:
      sum_ += bind_number(hash128(element.a), element.x);
      break;
    case ElementKind::kArrayInsertIndex:
      sum_ += HashInput().add(uint64_t{kInsertIndexTerm}).add(element.x).hash();
      break;
    case ElementKind::kVectorSetInfo:
      sum_ += HashInput().add(uint64_t{kVectorInfoTerm}).add(element.x).add(element.y).hash();
      break;
    case ElementKind::kVector:
      sum_ += bind(member_hash(element.a), hash128(element.b));
      break;
    case ElementKind::kVectorAttribute:
      // One more than a vector's term, so that the two cannot trade places.
      sum_ += bind(hash128(element.a) + 2, hash128(element.b));
      break;
    case ElementKind::kToken:
      add_sequence(token_hash(element));
      break;
    default:
      add_stream_part(element);
  }
}

void FastValue::add(std::span<const Element> batch) {
  for (const Element& element : batch) add_one(element);
}

Uint128 FastValue::value() {
  end_stream_entry();
  end_stream_group();
  return sum_ + sequence_;
}

}  // namespace rdbproof
