// The fast fingerprint against its definition in docs/fingerprint.md, written here once more in
// the plainest way.
#include "engine/fingerprint/fast_fingerprint.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <vector>

#include "tests/unit/fingerprint/elements.h"

namespace rdbproof {
namespace {

using test::field;
using test::item;
using test::member;
using test::Sample;
using test::scored;

std::string le(Uint128 number, size_t bytes) {
  std::string out;
  for (size_t i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i) & 255);
  return out;
}
std::string le8(uint64_t number) {
  return le(number, 8);
}
std::string le16(Uint128 number) {
  return le(number, 16);
}
// What it is for short strings, tests/fingerprint_vectors_test.py knows.
Uint128 h(const std::string& text) {
  if (text.size() <= kLongestShort) return hash128(text);
  const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return (Uint128{hash.high64} << 64) + hash.low64;
}
Uint128 bind(Uint128 a, Uint128 b) {
  return (a | 1) * (b << 64 | b >> 64);
}
Uint128 bind_n(Uint128 a, uint64_t n) {
  return (a | 1) * (2 * Uint128{n} + 1);
}
Uint128 seq(const std::vector<Uint128>& hashes) {
  const Uint128 p = (Uint128{0x9e3779b97f4a7c15} << 64) + 0xf39cc0605cedc835;
  Uint128 sum = 0;
  Uint128 power = 1;
  for (size_t i = hashes.size(); i-- > 0; power *= p) sum += hashes[i] * power;
  return sum;
}
Uint128 key_hash(const std::string& name, const std::string& type, uint64_t count, Uint128 value) {
  const auto tag = static_cast<uint64_t>(h(type));
  return h(le16(h(name)) + le8(tag) + le8(count) + le16(value));
}
Uint128 with_expiry(Uint128 content, uint64_t has, uint64_t expiry, Uint128 members) {
  return h(le16(content) + le8(has) + le8(expiry) + le16(members));
}

std::string content(const Sample& sample) {
  return to_hex(test::fingerprint<FastKeys>(sample).content);
}
std::string both(const Sample& sample) {
  return to_hex(test::fingerprint<FastKeys>(sample).content_and_expiry);
}

TEST(FastFingerprintTest, FollowsItsDefinition) {
  EXPECT_EQ(content({ValueType::kString, {item("v")}}), to_hex(key_hash("k", "string", 1, h("v"))));
  EXPECT_EQ(content({ValueType::kList, {item("a"), item("b"), item("c")}}),
            to_hex(key_hash("k", "list", 3, seq({h("a"), h("b"), h("c")}))));
  EXPECT_EQ(content({ValueType::kSet, {member("a"), member("b")}}),
            to_hex(key_hash("k", "set", 2, h("a") + h("b"))));
  EXPECT_EQ(content({ValueType::kHash, {field("a", "1"), field("b", "2")}}),
            to_hex(key_hash("k", "hash", 2, bind(h("a"), h("1")) + bind(h("b"), h("2")))));
  EXPECT_EQ(content({ValueType::kZset, {scored("a", 1.5)}}),
            to_hex(key_hash("k", "zset", 1, bind_n(h("a"), std::bit_cast<uint64_t>(1.5)))));
  EXPECT_EQ(content({ValueType::kArray,
                     {{ElementKind::kArrayItem, "x", {}, 7},
                      {ElementKind::kArrayInsertIndex, {}, {}, 9}}}),
            to_hex(key_hash("k", "array", 2, bind_n(h("x"), 7) + h(le8(5) + le8(9)))));
}

TEST(FastFingerprintTest, OfVectorSetsFollowsItsDefinition) {
  const Sample sample{ValueType::kVectorSet,
                      {{ElementKind::kVectorSetInfo, {}, {}, 3, 1},
                       {ElementKind::kVector, "a", "xyz"},
                       {ElementKind::kVectorAttribute, "a", "{}"}}};
  const Uint128 value =
      h(le8(6) + le8(3) + le8(1)) + bind(h("a"), h("xyz")) + bind(h("a") + 2, h("{}"));
  EXPECT_EQ(content(sample), to_hex(key_hash("k", "vectorset", 3, value)));
}

TEST(FastFingerprintTest, OfTokensFollowsItsDefinition) {
  Sample sample{ValueType::kModule,
                {{ElementKind::kToken, "text", {}, 4, 0}, {ElementKind::kToken, {}, {}, 1, 77}}};
  const Uint128 value = seq({h("text"), h(le8(1) + le8(77))});
  EXPECT_EQ(content(sample), to_hex(key_hash("k", "module", 2, value)));
}

TEST(FastFingerprintTest, OfStreamsFollowsItsDefinition) {
  const Sample sample{ValueType::kStream,
                      {{ElementKind::kStreamEntry, {}, {}, 5, 1},
                       {ElementKind::kStreamField, "f", "a"},
                       {ElementKind::kStreamField, "g", "b"},
                       {ElementKind::kStreamEntry, {}, {}, 6, 0},
                       {ElementKind::kStreamField, "f", "c"},
                       {ElementKind::kStreamLastId, {}, {}, 6, 2},
                       {ElementKind::kStreamGroup, "g", {}, 5, 1},
                       {ElementKind::kStreamConsumer, "c"},
                       {ElementKind::kStreamPending, "c", {}, 5, 1, 3},
                       {ElementKind::kStreamGroup, "h", {}, 0, 0}}};
  const Uint128 first = h(le8(5) + le8(1) + le8(2) + le16(seq({h("f"), h("a"), h("g"), h("b")})));
  const Uint128 second = h(le8(6) + le8(0) + le8(1) + le16(seq({h("f"), h("c")})));
  const Uint128 members =
      h(le8(3) + le16(h("c"))) + h(le8(4) + le16(h("c")) + le8(5) + le8(1) + le8(3));
  const Uint128 group = h(le8(2) + le16(h("g")) + le8(5) + le8(1) + le16(members));
  const Uint128 empty_group = h(le8(2) + le16(h("h")) + le8(0) + le8(0) + le16(0));
  const Uint128 value = first + second + h(le8(1) + le8(6) + le8(2)) + group + empty_group;
  EXPECT_EQ(content(sample), to_hex(key_hash("k", "stream", sample.elements.size(), value)));
}

TEST(FastFingerprintTest, ExpiryFollowsItsDefinition) {
  const Sample plain{ValueType::kString, {item("v")}};
  EXPECT_EQ(both(plain), content(plain));
  const Sample expiring{ValueType::kString, {item("v")}, "k", 1000};
  const Uint128 k = key_hash("k", "string", 1, h("v"));
  EXPECT_EQ(content(expiring), content(plain));
  EXPECT_EQ(both(expiring), to_hex(with_expiry(k, 1, 1000, 0)));
  const Sample hash{ValueType::kHash, {field("a", "1", 500), field("b", "2")}};
  const Uint128 hash_k = key_hash("k", "hash", 2, bind(h("a"), h("1")) + bind(h("b"), h("2")));
  EXPECT_EQ(content(hash), to_hex(hash_k));
  EXPECT_EQ(both(hash), to_hex(with_expiry(hash_k, 0, 0, bind_n(h("a"), 500))));
}

TEST(FastFingerprintTest, DependsOnWhatItShould) {
  EXPECT_EQ(content({ValueType::kSet, {member("a"), member("b")}}),
            content({ValueType::kSet, {member("b"), member("a")}}));
  EXPECT_NE(content({ValueType::kList, {item("a"), item("b")}}),
            content({ValueType::kList, {item("b"), item("a")}}));
  EXPECT_NE(content({ValueType::kHash, {field("a", "1"), field("b", "2")}}),
            content({ValueType::kHash, {field("a", "2"), field("b", "1")}}));
  EXPECT_EQ(content({ValueType::kZset, {scored("a", -0.0)}}),
            content({ValueType::kZset, {scored("a", 0.0)}}));
  EXPECT_NE(content({ValueType::kZset, {scored("a", 1)}}),
            content({ValueType::kZset, {scored("a", std::nextafter(1, 2))}}));
  EXPECT_NE(content({ValueType::kString, {item("v")}, "a"}),
            content({ValueType::kString, {item("v")}, "b"}));
  EXPECT_NE(content({ValueType::kString, {item("v")}}), content({ValueType::kList, {item("v")}}));
}

// Whatever the parity of their hashes: a product of two odd numbers would not tell.
TEST(FastFingerprintTest, FieldAndValueMayNotTradePlaces) {
  for (char a = 'a'; a < 'z'; ++a) {
    for (char b = static_cast<char>(a + 1); b <= 'z'; ++b) {
      const Bytes first(&a, 1);
      const Bytes second(&b, 1);
      ASSERT_NE(content({ValueType::kHash, {field(first, second)}}),
                content({ValueType::kHash, {field(second, first)}}))
          << a << b;
    }
  }
}

// A hash that says what follows what, and the same ring walked backwards.
TEST(FastFingerprintTest, ARingMayNotBeReversed) {
  for (char c = 'c'; c <= 'z'; ++c) {
    const Bytes third(&c, 1);
    const Sample ring{ValueType::kHash, {field("a", "b"), field("b", third), field(third, "a")}};
    const Sample reversed{ValueType::kHash,
                          {field("b", "a"), field(third, "b"), field("a", third)}};
    ASSERT_NE(content(ring), content(reversed)) << c;
  }
}

TEST(FastFingerprintTest, BatchesDoNotMatter) {
  const Sample sample{ValueType::kStream,
                      {{ElementKind::kStreamEntry, {}, {}, 5, 1},
                       {ElementKind::kStreamField, "f", "a"},
                       {ElementKind::kStreamLastId, {}, {}, 6, 2}}};
  EXPECT_EQ(test::fingerprint<FastKeys>(sample, 1).content,
            test::fingerprint<FastKeys>(sample, 3).content);
}

std::map<uint64_t, FastSums> data_set(std::initializer_list<std::pair<uint64_t, Sample>> keys) {
  std::map<uint64_t, FastSums> databases;
  for (const auto& [database, sample] : keys) {
    databases[database].add(test::fingerprint<FastKeys>(sample));
  }
  return databases;
}

const Sample kA{ValueType::kString, {item("1")}, "a"};
const Sample kB{ValueType::kString, {item("2")}, "b"};

TEST(FastDataSetTest, FollowsItsDefinition) {
  const Uint128 a = key_hash("a", "string", 1, h("1"));
  const Uint128 b = key_hash("b", "string", 1, h("2"));
  const Uint128 expected = h(le8(0) + le8(1) + le16(a)) + h(le8(3) + le8(2) + le16(a + b));
  const FingerprintText text = render_fast(data_set({{0, kA}, {3, kA}, {3, kB}}));
  EXPECT_EQ(text.content, to_hex(expected));
  EXPECT_EQ(text.algorithm, "rdbproof-fast-2");
  EXPECT_EQ(render_fast({}).content, std::string(32, '0'));
  EXPECT_EQ(render_fast({{5, FastSums()}}).content, std::string(32, '0')) << "no keys";
}

TEST(FastDataSetTest, DependsOnWhatItShould) {
  const auto of = [](std::initializer_list<std::pair<uint64_t, Sample>> keys) {
    return render_fast(data_set(keys)).content;
  };
  EXPECT_EQ(of({{0, kA}, {0, kB}}), of({{0, kB}, {0, kA}}));
  EXPECT_NE(of({{0, kA}}), of({{1, kA}})) << "the database";
  EXPECT_NE(of({{0, kA}, {1, kB}}), of({{1, kA}, {0, kB}}));
  EXPECT_NE(of({{0, kA}, {0, kA}}), of({{0, kA}})) << "a key seen twice";
  EXPECT_NE(of({{0, kA}, {0, kA}}), of({})) << "does not cancel";
  EXPECT_NE(of({{0, kA}, {0, kB}, {0, kB}}), of({{0, kA}}));
}

TEST(FastDataSetTest, ExpiryIsInOneOfTheTwo) {
  Sample expiring = kA;
  expiring.expire_at_ms = 5;
  const FingerprintText with = render_fast(data_set({{0, expiring}}));
  const FingerprintText without = render_fast(data_set({{0, kA}}));
  EXPECT_EQ(with.content, without.content);
  EXPECT_NE(with.content_and_expiry, without.content_and_expiry);
  EXPECT_EQ(without.content, without.content_and_expiry);
}

}  // namespace
}  // namespace rdbproof
