// Vector sets (Redis 8.0), module values of the type "vectorset".
// modules/vector-sets/vset.c, 8.4.0.
#include "engine/rdb/module_tokens.h"
#include "engine/rdb/values.h"

namespace rdbproof {
namespace {

constexpr uint64_t kHasProjection = 1;
constexpr uint64_t kHasAttributes = 2;

// The next token, which must be of this kind.
ModuleToken expect(ValueReader& value, TokenKind kind) {
  ModuleToken token;
  const bool more = next_module_token(value.in, token, value.out.arena(), value.file.limits);
  if (value.in && (!more || token.kind != kind)) {
    value.in.fail(Code::kBadVectorSet, "its tokens are not those of a vector set");
  }
  return token;
}

uint64_t expect_number(ValueReader& value) {
  return expect(value, TokenKind::kUnsigned).number;
}
Bytes expect_string(ValueReader& value) {
  return expect(value, TokenKind::kString).text.text;
}

// Bytes of a stored vector; 0 for a quantisation that does not exist.
uint64_t vector_bytes(uint64_t quantisation, uint64_t dimension) {
  if (quantisation == 0) return 4 * dimension;              // 32-bit floats
  if (quantisation == 1) return dimension;                  // 8-bit integers
  if (quantisation == 2) return (dimension + 63) / 64 * 8;  // one bit
  return 0;
}

void decode_element(ValueReader& value, bool has_attributes, uint64_t expected_bytes) {
  const Bytes name = expect_string(value);
  const Bytes attribute = has_attributes ? expect_string(value) : Bytes();
  const Bytes vector = expect_string(value);
  if (!value.in) return;
  if (vector.size() != expected_bytes) {
    return value.in.fail(Code::kBadVectorSet, "a vector is not as long as its dimension says");
  }
  ++value.summary.elements;
  const Element stored{ElementKind::kVector, name, vector};
  if (attribute.empty()) {
    value.out.push(stored);
  } else {
    value.out.push_pair(stored, {ElementKind::kVectorAttribute, name, attribute});
  }
  const uint64_t links = expect_number(value);
  for (uint64_t i = 0; i < links && value.in; ++i) expect_number(value);
}

}  // namespace

void decode_vector_set(ValueReader& value) {
  const uint64_t dimension = expect_number(value);
  const uint64_t elements = expect_number(value);
  const uint64_t quantisation = expect_number(value) & 0xFF;
  const uint64_t flags = expect_number(value);
  if (flags & kHasProjection) {
    expect_number(value);  // dimension before the projection
    expect_string(value);  // its matrix
  }
  const uint64_t expected_bytes = vector_bytes(quantisation, dimension);
  if (value.in && (quantisation > 2 || dimension == 0 || dimension > UINT32_MAX)) {
    return value.in.fail(Code::kBadVectorSet, "its quantisation or dimension does not exist");
  }
  if (!value.in) return;
  value.out.push({ElementKind::kVectorSetInfo, {}, {}, dimension, quantisation, elements});
  for (uint64_t i = 0; i < elements && value.in; ++i) {
    decode_element(value, (flags & kHasAttributes) != 0, expected_bytes);
  }
  ModuleToken end;
  if (value.in && next_module_token(value.in, end, value.out.arena(), value.file.limits)) {
    value.in.fail(Code::kBadVectorSet, "it goes on after its last element");
  }
  value.out.flush();
}

}  // namespace rdbproof
