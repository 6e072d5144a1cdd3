// Vector sets (Redis 8.0), module values of the type "vectorset".
// modules/vector-sets/vset.c, 8.4.0.
#include "engine/rdb/module_tokens.h"
#include "engine/rdb/values.h"
#include "engine/rdb/vector_graph.h"

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

// What is left of the numbers that a node consists of.
class NodeNumbers {
 public:
  explicit NodeNumbers(ValueReader& value) : value_(value), left_(expect_number(value)) {}

  uint64_t next() {
    if (left_ == 0) fail("a node has too few numbers");
    if (!value_.in) return 0;
    --left_;
    return expect_number(value_);
  }
  uint64_t left() const { return left_; }
  void fail(const char* detail) {
    if (detail != nullptr) value_.in.fail(Code::kBadVectorSet, detail);
  }

 private:
  ValueReader& value_;
  uint64_t left_;
};

// Number, level (low 8 bits) and version (from bit 24), then for each level: count and room of
// links, links, since version 1 the worst of them; at last two floats.
void read_node(ValueReader& value, VectorGraph& graph) {
  constexpr uint64_t kHighestLevel = 16;
  constexpr uint64_t kMostLinks = 16384;
  NodeNumbers numbers(value);
  numbers.fail(graph.begin_node(numbers.next()));
  const uint64_t shape = numbers.next();
  const uint64_t top = shape & 0xFF;
  const uint64_t version = shape >> 24 & 0xFF;
  if (top > kHighestLevel || version > 1) numbers.fail("a level or form that does not exist");
  std::vector<uint64_t> links;
  for (uint64_t level = 0; level <= top && value.in; ++level) {
    const uint64_t count = numbers.next();
    const uint64_t room = numbers.next();
    if (count > room || room > kMostLinks) numbers.fail("a node has more links than it can have");
    if (count > numbers.left()) numbers.fail("a node has too few numbers");
    links.clear();
    for (uint64_t i = 0; i < count && value.in; ++i) links.push_back(numbers.next());
    if (!value.in) return;
    numbers.fail(graph.add_links(level, links));
    const uint64_t worst = version == 0 ? 0 : numbers.next() & UINT32_MAX;
    if (count != 0 && worst >= count) numbers.fail("the worst link of a node does not exist");
  }
  numbers.next();
  if (numbers.left() != 0) numbers.fail("a node has too many numbers");
}

void decode_element(ValueReader& value, VectorGraph& graph, bool has_attributes,
                    uint64_t expected_bytes) {
  const Bytes name = expect_string(value);
  const Bytes attribute = has_attributes ? expect_string(value) : Bytes();
  const Bytes vector = expect_string(value);
  if (!value.in) return;
  if (vector.size() != expected_bytes) {
    return value.in.fail(Code::kBadVectorSet, "a vector is not as long as its dimension says");
  }
  const Element stored{ElementKind::kVector, name, vector};
  if (attribute.empty()) {
    value.out.push(stored);
  } else {
    value.out.push_pair(stored, {ElementKind::kVectorAttribute, name, attribute},
                        stored.a.size() + stored.b.size() + attribute.size());
  }
  read_node(value, graph);
  if (value.in) ++value.summary.elements;
}

void read_projection(ValueReader& value, uint64_t dimension) {
  const uint64_t input_dimension = expect_number(value);
  const Bytes matrix = expect_string(value);
  if (!value.in) return;
  if (input_dimension > UINT32_MAX || matrix.size() / 4 / dimension != input_dimension ||
      matrix.size() % (4 * dimension) != 0) {
    value.in.fail(Code::kBadVectorSet, "its projection does not fit its dimension");
  }
}

}  // namespace

void decode_vector_set(ValueReader& value) {
  const ElementPath path = value.path;
  value.path.leave_elements();
  const uint64_t dimension = expect_number(value);
  const uint64_t elements = expect_number(value);
  const uint64_t quantisation = expect_number(value) & 0xFF;
  const uint64_t flags = expect_number(value);
  if (value.in && (quantisation > 2 || dimension == 0 || dimension > UINT32_MAX)) {
    return value.in.fail(Code::kBadVectorSet, "its quantisation or dimension does not exist");
  }
  if (flags & kHasProjection) read_projection(value, dimension);
  if (value.in && elements == 0) value.in.fail(Code::kBadVectorSet, "it has no elements");
  if (!value.in) return;
  const uint64_t expected_bytes = vector_bytes(quantisation, dimension);
  VectorGraph graph(value.file.limits.max_index_bytes / sizeof(uint64_t));
  value.path = path;
  value.out.push({ElementKind::kVectorSetInfo, {}, {}, dimension, quantisation, elements});
  for (uint64_t i = 0; i < elements && value.in; ++i) {
    decode_element(value, graph, (flags & kHasAttributes) != 0, expected_bytes);
  }
  if (!value.in) return;
  value.path.leave_elements();
  const char* const fault = graph.fault();
  if (fault != nullptr) value.in.fail(Code::kBadVectorSet, fault);
  ModuleToken end;
  if (value.in && next_module_token(value.in, end, value.out.arena(), value.file.limits)) {
    value.in.fail(Code::kBadVectorSet, "it goes on after its last element");
  }
  value.out.flush();
}

}  // namespace rdbproof
