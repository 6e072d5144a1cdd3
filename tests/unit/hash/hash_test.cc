#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/hash/crc64.h"
#include "engine/hash/hash128.h"
#include "engine/hash/lthash.h"
#include "engine/hash/sha.h"
#include "tests/unit/hash/random_bytes.h"

namespace rdbproof {
namespace {

using test::random_bytes;

TEST(Crc64Test, GivesTheCheckValueOfRedis) {
  EXPECT_EQ(crc64(0, "123456789"), 0xe9c6d914c4b8d9caU);
  EXPECT_EQ(crc64_portable(0, "123456789"), 0xe9c6d914c4b8d9caU);
  EXPECT_EQ(crc64(0, ""), 0u);
}

// One bit at a time, as a definition reads.
uint64_t crc64_by_bits(Bytes data) {
  uint64_t crc = 0;
  for (const char c : data) {
    for (int bit = 0; bit < 8; ++bit) {
      const uint64_t in = static_cast<uint8_t>(c) >> bit & 1u;
      const bool carry = ((crc & 1) ^ in) != 0;
      crc >>= 1;
      if (carry) crc ^= 0x95ac9329ac4bc9b5;
    }
  }
  return crc;
}

TEST(Crc64Test, FastAndPortableAgreeWithTheDefinition) {
  bench::Random random(1);
  for (size_t length = 0; length < 600; ++length) {
    const std::string data = random_bytes(random, length);
    const uint64_t expected = crc64_by_bits(data);
    ASSERT_EQ(crc64(0, data), expected) << length;
    ASSERT_EQ(crc64_portable(0, data), expected) << length;
  }
  for (const size_t length : {4095u, 65536u, 1000003u}) {
    const std::string data = random_bytes(random, length);
    ASSERT_EQ(crc64(0, data), crc64_portable(0, data)) << length;
  }
}

TEST(Crc64Test, DoesNotDependOnAlignment) {
  bench::Random random(2);
  const std::string data = random_bytes(random, 400);
  for (size_t begin = 0; begin < 70; ++begin) {
    const Bytes part = Bytes(data).substr(begin, 300);
    ASSERT_EQ(crc64(5, part), crc64_portable(5, part)) << begin;
  }
}

TEST(Crc64Test, CombinesParts) {
  EXPECT_EQ(crc64_combine(crc64(0, "1234"), crc64(0, "56789"), 5), 0xe9c6d914c4b8d9caU);
  EXPECT_EQ(crc64_combine(77, 0, 0), 77u);
  EXPECT_EQ(crc64_combine(0, 77, uint64_t{1} << 40), 77u);
}

TEST(Hash128Test, WritesNumbers) {
  EXPECT_EQ(to_hex(make_uint128(1, 2)), "00000000000000010000000000000002");
  EXPECT_EQ(to_hex(Uint128{0}), std::string(32, '0'));
  EXPECT_EQ(to_hex(~Uint128{0}), std::string(32, 'f'));
}

// Every length class of XXH3 has code of its own.
TEST(Hash128Test, OfLongStringsIsThatOfTheLibrary) {
  bench::Random random(3);
  for (size_t length = kLongestShort + 1; length < 1100; ++length) {
    const std::string data = random_bytes(random, length);
    XXH3_state_t state;
    XXH3_128bits_reset(&state);
    for (const char& c : data) XXH3_128bits_update(&state, &c, 1);
    const XXH128_hash_t expected = XXH3_128bits_digest(&state);
    ASSERT_EQ(to_hex(hash128(data)), to_hex(make_uint128(expected.high64, expected.low64)));
  }
}

TEST(ShaTest, VectorsOfFips180) {
  EXPECT_EQ(to_hex(as_bytes(sha1("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(to_hex(as_bytes(sha1(""))), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  EXPECT_EQ(to_hex(as_bytes(sha256("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

LtHash lthash_of(const std::vector<std::string>& elements) {
  LtHash hash;
  for (const std::string& element : elements) hash.add(sha256(element));
  return hash;
}

TEST(LtHashTest, OfNothingIsTheHashOfZeros) {
  EXPECT_EQ(LtHash().digest(), sha256(std::string(2048, '\0')));
}

// SHA-256 of the first 2048 bytes of the ChaCha20 key stream with key, counter and nonce zero, as
// the openssl program gives it.
TEST(LtHashTest, ExpandsByChaCha20) {
  LtHash hash;
  hash.add(Sha256{});
  EXPECT_EQ(to_hex(as_bytes(hash.digest())),
            "5db891b77c09efdc4cbf4c6067cc4254619aa09c0f945e00bf32c822014cdaa4");
}

TEST(LtHashTest, DoesNotDependOnOrder) {
  EXPECT_EQ(lthash_of({"a", "b", "c"}).digest(), lthash_of({"c", "a", "b"}).digest());
  EXPECT_NE(lthash_of({"a", "b", "c"}).digest(), lthash_of({"a", "b", "d"}).digest());
}

TEST(LtHashTest, CountsDuplicates) {
  EXPECT_NE(lthash_of({"a", "a"}).digest(), lthash_of({}).digest());
  EXPECT_NE(lthash_of({"a", "a"}).digest(), lthash_of({"a"}).digest());
  EXPECT_NE(lthash_of({"a", "a", "b"}).digest(), lthash_of({"b"}).digest());
  EXPECT_NE(lthash_of({"a", "a", "b"}).digest(), lthash_of({"a", "b", "b"}).digest());
}

TEST(LtHashTest, MergesLikeAdding) {
  LtHash left = lthash_of({"a", "b"});
  left.merge(lthash_of({"c", "a"}));
  EXPECT_EQ(left.digest(), lthash_of({"a", "a", "b", "c"}).digest());
}

}  // namespace
}  // namespace rdbproof
