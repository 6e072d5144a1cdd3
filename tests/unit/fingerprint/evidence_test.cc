// The fingerprint for evidence against its definition in docs/fingerprint.md.
#include "engine/fingerprint/evidence.h"

#include <gtest/gtest.h>

#include <string>
#include <variant>
#include <vector>

#include "tests/unit/fingerprint/elements.h"

namespace rdbproof {
namespace {

using test::field;
using test::item;
using test::member;
using test::Sample;
using test::scored;

// T[purpose, fields ...] of the definition: numbers are 8 bytes, strings stand behind their length.
using Field = std::variant<uint64_t, std::string>;

std::string le8(uint64_t number) {
  std::string out;
  for (int shift = 0; shift < 64; shift += 8) out += static_cast<char>(number >> shift & 255);
  return out;
}

std::string digest(const Sha256& bytes) {
  return std::string(as_bytes(bytes));
}

std::string t(const std::string& purpose, const std::vector<Field>& fields) {
  std::string bytes = le8(purpose.size()) + purpose;
  for (const Field& value : fields) {
    if (const auto* const number = std::get_if<uint64_t>(&value)) {
      bytes += le8(*number);
    } else {
      const auto& text = std::get<std::string>(value);
      bytes += le8(text.size()) + text;
    }
  }
  return digest(sha256(bytes));
}

std::string multiset(const std::vector<std::string>& hashes) {
  LtHash sum;
  for (const std::string& hash : hashes) {
    Sha256 element;
    std::copy(hash.begin(), hash.end(), element.begin());
    sum.add(element);
  }
  return digest(sum.digest());
}

const std::string kZeros(32, '\0');

std::string content(const Sample& sample) {
  return digest(test::fingerprint<EvidenceKeys>(sample).content);
}

std::string key_of(const std::string& type, uint64_t count, const std::string& value) {
  return t("key", {std::string("k"), type, count, value});
}

TEST(EvidenceTest, FollowsItsDefinition) {
  const std::string first = t("sequence", {kZeros, t("item", {std::string("a")})});
  const std::string second = t("sequence", {first, t("item", {std::string("b")})});
  EXPECT_EQ(content({ValueType::kList, {item("a"), item("b")}}),
            key_of("list", 2, t("value", {second})));
  EXPECT_EQ(content({ValueType::kSet, {member("a")}}),
            key_of("set", 1, t("value", {kZeros, multiset({t("member", {std::string("a")})})})));
  EXPECT_EQ(content({ValueType::kZset, {scored("a", -0.0)}}),
            key_of("zset", 1,
                   t("value", {kZeros, multiset({t("scored", {std::string("a"), uint64_t{0}})})})));
}

TEST(EvidenceTest, ExpiryFollowsItsDefinition) {
  const Sample hash{ValueType::kHash, {field("a", "1", 500)}, "k", 9};
  const std::string k =
      key_of("hash", 1,
             t("value", {kZeros, multiset({t("field", {std::string("a"), std::string("1")})})}));
  const KeyEvidence evidence = test::fingerprint<EvidenceKeys>(hash);
  EXPECT_EQ(digest(evidence.content), k);
  EXPECT_EQ(digest(evidence.content_and_expiry),
            t("key-and-expiry", {k, uint64_t{1}, uint64_t{9},
                                 multiset({t("expiry", {std::string("a"), uint64_t{500}})})}));
}

TEST(EvidenceTest, OfADataSetFollowsItsDefinition) {
  const Sample a{ValueType::kString, {item("1")}, "a"};
  const Sample b{ValueType::kString, {item("2")}, "b"};
  std::map<uint64_t, EvidenceSums> databases;
  databases[2].add(test::fingerprint<EvidenceKeys>(a));
  databases[2].add(test::fingerprint<EvidenceKeys>(b));
  databases[7];  // no keys
  const FingerprintText text = render_evidence(databases);
  const std::string d = multiset({content(a), content(b)});
  EXPECT_EQ(text.content, to_hex(t("data-set", {uint64_t{2}, uint64_t{2}, d})));
  EXPECT_EQ(text.content_and_expiry,
            to_hex(t("data-set-and-expiry", {uint64_t{2}, uint64_t{2}, d})));
  EXPECT_EQ(text.algorithm, "rdbproof-evidence-1");
}

TEST(EvidenceTest, DependsOnWhatItShould) {
  EXPECT_EQ(content({ValueType::kSet, {member("a"), member("b")}}),
            content({ValueType::kSet, {member("b"), member("a")}}));
  EXPECT_NE(content({ValueType::kList, {item("a"), item("b")}}),
            content({ValueType::kList, {item("b"), item("a")}}));
  EXPECT_NE(content({ValueType::kHash, {field("ab", "c")}}),
            content({ValueType::kHash, {field("a", "bc")}}));
  EXPECT_NE(content({ValueType::kSet, {member("a"), member("a")}}),
            content({ValueType::kSet, {member("b"), member("b")}}));
}

}  // namespace
}  // namespace rdbproof
