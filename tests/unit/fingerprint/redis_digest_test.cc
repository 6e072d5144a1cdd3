// DEBUG DIGEST, rewritten from what servers do: d ^= SHA1(x), or d = SHA1(d ^ SHA1(x)).
#include "engine/fingerprint/redis_digest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "bench/random.h"
#include "engine/encoding/double_text.h"
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

DigestSums sums_of(const std::vector<Sample>& samples) {
  KeyDigester digester(true);
  for (const Sample& sample : samples) {
    const Key key = sample.key();
    digester.begin(key, true);
    digester.add(sample.elements);
    digester.finish_later(key);
  }
  return digester.take_sums();
}

TEST(RedisDigestTest, OfADataSetFollowsTheServers) {
  std::map<uint64_t, DigestSums> databases;
  databases[0] = sums_of({{ValueType::kString, {item("1")}, "a"}});
  databases[2] = sums_of({{ValueType::kString, {item("2")}, "b"}});
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
  databases[2].merge(sums_of({{ValueType::kModule, {}}}));
  EXPECT_FALSE(render_digest(databases).modern);
}

// Values of every shape, of lengths that make one and several blocks, some with an expiry.
std::vector<Sample> random_samples(bench::Random& random, std::deque<std::string>& texts) {
  const auto text = [&]() -> Bytes {
    std::string& data = texts.emplace_back(random.below(random.one_in(10) ? 300 : 40), '\0');
    random.text(data.data(), data.size() / 8 * 8);
    return data;
  };
  std::vector<Sample> samples;
  for (int number = 0; number < 3000; ++number) {
    static constexpr ValueType kTypes[] = {
        ValueType::kString, ValueType::kList,   ValueType::kSet,   ValueType::kZset,
        ValueType::kHash,   ValueType::kStream, ValueType::kArray, ValueType::kVectorSet};
    Sample sample{kTypes[random.below(8)], {}, text()};
    if (random.one_in(4)) sample.expire_at_ms = 5;
    const uint64_t longest = random.one_in(200) ? 6000 : 30;
    const uint64_t count = sample.type == ValueType::kString ? 1 : random.below(longest);
    for (uint64_t i = 0; i < count; ++i) {
      switch (sample.type) {
        case ValueType::kSet:
          sample.elements.push_back(member(text()));
          break;
        case ValueType::kZset:
          sample.elements.push_back(scored(text(), static_cast<double>(random.below(99)) / 4.4));
          break;
        case ValueType::kHash:
          sample.elements.push_back(field(text(), text(), random.one_in(3) ? 7 : kNoExpiry));
          break;
        case ValueType::kStream:
          sample.elements.push_back({ElementKind::kStreamEntry, {}, {}, random.next(), i});
          sample.elements.push_back({ElementKind::kStreamField, text(), text()});
          break;
        case ValueType::kArray:
          sample.elements.push_back({ElementKind::kArrayItem, text(), {}, 3 * i});
          break;
        case ValueType::kVectorSet:
          sample.elements.push_back({ElementKind::kVector, text(), text()});
          if (random.one_in(2)) {
            sample.elements.push_back({ElementKind::kVectorAttribute, {}, text()});
          }
          break;
        default:
          sample.elements.push_back(item(text()));
      }
    }
    samples.push_back(std::move(sample));
  }
  return samples;
}

// The definition, one hash after the other, of what random_samples() makes.
std::string value_digest(const Sample& sample, std::string digest, bool is_modern) {
  uint64_t index = 0;
  std::string module = kZero;
  const auto& elements = sample.elements;
  for (size_t i = 0; i < elements.size(); ++i) {
    const Element& element = elements[i];
    const std::string a(element.a);
    const std::string b(element.b);
    std::string pair = mix(kZero, a);
    switch (element.kind) {
      case ElementKind::kMember:
        digest = unordered(digest, a);
        break;
      case ElementKind::kScored: {
        const auto score = std::bit_cast<double>(element.x);
        const auto score_text = is_modern ? grisu2_text(score) : percent_17g_text(score);
        digest = unordered(digest, mix(pair, score_text));
        break;
      }
      case ElementKind::kField:
        pair = mix(pair, b);
        if (element.x != kNoExpiry) pair = unordered(pair, "!!hexpire!!");
        digest = unordered(digest, pair);
        break;
      case ElementKind::kStreamEntry:
        digest = mix(digest, std::to_string(element.x) + '.' + std::to_string(element.y));
        break;
      case ElementKind::kStreamField:
        digest = mix(mix(digest, a), b);
        break;
      case ElementKind::kArrayItem:
        for (; index < element.x; ++index) digest = mix(digest, "(null)");
        ++index;
        digest = mix(digest, a);
        break;
      case ElementKind::kVector: {
        std::string vector = mix(mix(kZero, b), a);
        if (i + 1 < elements.size() && elements[i + 1].kind == ElementKind::kVectorAttribute) {
          vector = mix(vector, std::string(elements[i + 1].b));
        }
        module = unordered(module, vector);
        break;
      }
      case ElementKind::kVectorAttribute:
        break;
      default:
        digest = mix(digest, a);
    }
  }
  if (sample.type == ValueType::kVectorSet) digest = unordered(digest, module);
  return sample.key().has_expiry ? unordered(digest, "!!expire!!") : digest;
}

std::string type_number_of(const Sample& sample) {
  static const std::map<ValueType, char> kNumbers{
      {ValueType::kString, 0}, {ValueType::kList, 1}, {ValueType::kSet, 2},
      {ValueType::kZset, 3},   {ValueType::kHash, 4}, {ValueType::kVectorSet, 5},
      {ValueType::kStream, 6}, {ValueType::kArray, 7}};
  return type_number(kNumbers.at(sample.type));
}

// Many keys are hashed together, and large values in several goes.
TEST(RedisDigestTest, OfManyKeysIsThatOfEach) {
  bench::Random random(1);
  std::deque<std::string> texts;
  const std::vector<Sample> samples = random_samples(random, texts);
  KeyDigester digester(true);
  std::string modern_sum = kZero;
  std::string legacy_sum = kZero;
  uint64_t keys = 0;
  for (const Sample& sample : samples) {
    const Key key = sample.key();
    digester.begin(key, true);
    // In batches, of which some end between a vector and its attribute.
    for (size_t i = 0; i < sample.elements.size(); i += 127) {
      digester.add(
          std::span(sample.elements).subspan(i, std::min<size_t>(127, sample.elements.size() - i)));
    }
    if (random.one_in(10)) continue;  // dropped
    digester.finish_later(key);
    ++keys;
    const std::string start = mix(mix(kZero, std::string(key.name)), type_number_of(sample));
    modern_sum = unordered(modern_sum, value_digest(sample, start, true));
    legacy_sum = unordered(legacy_sum, value_digest(sample, start, false));
  }
  const DigestSums sums = digester.take_sums();
  EXPECT_EQ(sums.keys, keys);
  EXPECT_EQ(sums.unavailable, 0u);
  EXPECT_EQ(to_hex(as_bytes(sums.modern)), to_hex(modern_sum));
  EXPECT_EQ(to_hex(as_bytes(sums.legacy)), to_hex(legacy_sum));
  EXPECT_EQ(digester.take_sums().keys, 0u);
}

TEST(RedisDigestTest, OfOneKeyAtATimeIsTheSame) {
  bench::Random random(2);
  std::deque<std::string> texts;
  KeyDigester digester(true);
  for (const Sample& sample : random_samples(random, texts)) {
    const Key key = sample.key();
    digester.begin(key, false);
    digester.add(sample.elements);
    const KeyDigests digests = digester.finish(key);
    const std::string start = mix(kZero, type_number_of(sample));
    ASSERT_EQ(to_hex(as_bytes(digests.modern)), to_hex(value_digest(sample, start, true)));
    ASSERT_EQ(to_hex(as_bytes(digests.legacy)), to_hex(value_digest(sample, start, false)));
  }
}

}  // namespace
}  // namespace rdbproof
