// DEBUG DIGEST, rewritten from what servers do: d ^= SHA1(x), or d = SHA1(d ^ SHA1(x)).
#include "engine/fingerprint/redis_digest.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/fingerprint/elements.h"

namespace rdbproof {
namespace {

using test::field;
using test::item;
using test::member;
using test::Sample;
using test::scored;

std::string exclusive_or(std::string a, const std::string& b) {
  for (size_t i = 0; i < 20; ++i) a[i] = static_cast<char>(a[i] ^ b[i]);
  return a;
}
std::string hash(const std::string& data) {
  return std::string(as_bytes(sha1(data)));
}
std::string mix(const std::string& digest, const std::string& data) {
  return hash(exclusive_or(digest, hash(data)));
}
std::string unordered(const std::string& digest, const std::string& data) {
  return exclusive_or(digest, hash(data));
}
std::string type_number(char number) {
  return std::string(3, '\0') + number;
}

const std::string kZero(20, '\0');

KeyDigests digests_of(const Sample& sample, bool with_name = false, bool marks = true) {
  KeyDigester digester(marks);
  const Key key = sample.key();
  digester.begin(key, with_name);
  digester.add(sample.elements);
  return digester.finish(key);
}
std::string modern(const Sample& sample) {
  return to_hex(as_bytes(digests_of(sample).modern));
}
std::string legacy(const Sample& sample) {
  return to_hex(as_bytes(digests_of(sample).legacy));
}

// What servers answer for any empty stream.
TEST(RedisDigestTest, OfAnEmptyStreamIsKnown) {
  EXPECT_EQ(modern({ValueType::kStream, {{ElementKind::kStreamLastId, {}, {}, 5, 1}}}),
            "06bd01623de1d087bbd377851096317b1af476a2");
}

TEST(RedisDigestTest, OfValuesFollowsTheServers) {
  EXPECT_EQ(modern({ValueType::kString, {item("v")}}),
            to_hex(mix(mix(kZero, type_number(0)), "v")));
  EXPECT_EQ(modern({ValueType::kList, {item("a"), item("b")}}),
            to_hex(mix(mix(mix(kZero, type_number(1)), "a"), "b")));
  EXPECT_EQ(modern({ValueType::kSet, {member("b"), member("a")}}),
            to_hex(unordered(unordered(mix(kZero, type_number(2)), "a"), "b")));
  const std::string pair = mix(mix(kZero, "f"), "v");
  EXPECT_EQ(modern({ValueType::kHash, {field("f", "v")}}),
            to_hex(unordered(mix(kZero, type_number(4)), pair)));
  EXPECT_EQ(
      modern({ValueType::kStream,
              {{ElementKind::kStreamEntry, {}, {}, 5, 1}, {ElementKind::kStreamField, "f", "v"}}}),
      to_hex(mix(mix(mix(mix(kZero, type_number(6)), "5.1"), "f"), "v")));
}

TEST(RedisDigestTest, ScoresHaveTwoTexts) {
  const auto expected = [](const std::string& text) {
    return to_hex(unordered(mix(kZero, type_number(3)), mix(mix(kZero, "m"), text)));
  };
  const Sample sample{ValueType::kZset, {scored("m", 0.1)}};
  EXPECT_EQ(modern(sample), expected("0.1"));
  EXPECT_EQ(legacy(sample), expected("0.10000000000000001"));
  const Sample whole{ValueType::kZset, {scored("m", 3)}};
  EXPECT_EQ(modern(whole), legacy(whole));
}

TEST(RedisDigestTest, ExpiryIsMarked) {
  const Sample plain{ValueType::kString, {item("v")}};
  Sample expiring = plain;
  expiring.expire_at_ms = 5;
  const std::string value = mix(mix(kZero, type_number(0)), "v");
  EXPECT_EQ(modern(expiring), to_hex(unordered(value, "!!expire!!")));
  const Sample fields{ValueType::kHash, {field("f", "v", 7)}};
  const std::string pair = mix(mix(kZero, "f"), "v");
  const std::string marked = unordered(pair, "!!hexpire!!");
  EXPECT_EQ(modern(fields), to_hex(unordered(mix(kZero, type_number(4)), marked)));
  EXPECT_EQ(to_hex(as_bytes(digests_of(fields, false, false).modern)),
            to_hex(unordered(mix(kZero, type_number(4)), pair)))
      << "Valkey does not mark fields";
}

TEST(RedisDigestTest, HolesOfArraysAreHashed) {
  const Sample array{
      ValueType::kArray,
      {{ElementKind::kArrayItem, "a", {}, 0}, {ElementKind::kArrayItem, "b", {}, 2}}};
  EXPECT_EQ(modern(array), to_hex(mix(mix(mix(mix(kZero, type_number(7)), "a"), "(null)"), "b")));
  const Sample wide{ValueType::kArray, {{ElementKind::kArrayItem, "a", {}, uint64_t{1} << 60}}};
  EXPECT_FALSE(digests_of(wide).available);
}

TEST(RedisDigestTest, OfModulesIsNotAvailable) {
  EXPECT_FALSE(digests_of({ValueType::kModule, {}}).available);
}

TEST(RedisDigestTest, OfADataSetFollowsTheServers) {
  const Sample a{ValueType::kString, {item("1")}, "a"};
  const Sample b{ValueType::kString, {item("2")}, "b"};
  std::map<uint64_t, DigestSums> databases;
  databases[0].add(digests_of(a, true));
  databases[2].add(digests_of(b, true));
  databases[1];  // no keys: not mixed in
  const std::string key_a = mix(mix(mix(kZero, "a"), type_number(0)), "1");
  const std::string key_b = mix(mix(mix(kZero, "b"), type_number(0)), "2");
  std::string expected = mix(kZero, type_number(0));
  expected = unordered(expected, key_a);
  expected = mix(expected, type_number(2));
  expected = unordered(expected, key_b);
  EXPECT_EQ(render_digest(databases).modern, to_hex(expected));
  EXPECT_EQ(render_digest(databases).legacy, to_hex(expected));
  EXPECT_EQ(render_digest({}).modern, std::string(40, '0'));
  databases[2].add(digests_of({ValueType::kModule, {}}, true));
  EXPECT_FALSE(render_digest(databases).modern);
}

}  // namespace
}  // namespace rdbproof
