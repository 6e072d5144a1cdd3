// The mutators are worth their time only if most of what they make gets past the first checks.
#include <gtest/gtest.h>

#include "engine/encoding/listpack_writer.h"
#include "engine/hash/crc64.h"
#include "engine/rdb/writer.h"
#include "tests/fuzz/blob_mutator.h"
#include "tests/fuzz/dump_mutator.h"

namespace rdbproof::fuzz {
namespace {

constexpr uint32_t kMutants = 400;

// Stands in for libFuzzer's: adds a byte, or changes one.
size_t change_one_byte(uint8_t* data, size_t size, size_t capacity) {
  if (size == 0 || (size < capacity && data[0] % 2 == 0)) {
    data[size] = 'x';
    return size + 1;
  }
  data[size / 2] = static_cast<uint8_t>(data[size / 2] + 1);
  return size;
}

Mutation mutation(uint32_t seed) {
  return {change_one_byte, 4096, seed};
}

std::string listpack(std::initializer_list<Bytes> texts) {
  ListpackWriter writer;
  for (const Bytes text : texts) writer.append(text);
  return std::string(writer.finish());
}

std::string dump() {
  std::string data;
  RdbWriter writer(data);
  writer.header(11);
  writer.aux("redis-ver", "7.2.6");
  writer.select_db(0);
  writer.key(0, "string");
  writer.string("value");
  writer.key(16, "hash");
  writer.plain_string(listpack({"field", "value", "other", "5"}));
  writer.key(2, "set");
  writer.length(3);
  for (const Bytes member : {"a", "b", "c"}) writer.string(member);
  EXPECT_TRUE(writer.finish());
  return data;
}

bool checksum_fits(Bytes file) {
  if (file.size() < 18) return false;
  const Bytes covered = file.substr(0, file.size() - 8);
  return load_le<uint64_t>(covered.data() + covered.size()) == crc64(0, covered);
}

TEST(DumpMutatorTest, MostMutantsHaveARightChecksumAndManyARightShape) {
  const std::string original = dump();
  ASSERT_TRUE(checksum_fits(original));
  uint32_t fitting = 0;
  uint32_t framed = 0;
  uint32_t changed = 0;
  for (uint32_t seed = 0; seed < kMutants; ++seed) {
    const std::string mutant = mutate_dump(original, mutation(seed));
    ASSERT_EQ(mutant, mutate_dump(original, mutation(seed))) << "seed " << seed;
    fitting += checksum_fits(mutant);
    framed += Dump(mutant).ended;
    changed += mutant != original;
  }
  EXPECT_GT(fitting, kMutants * 3 / 4);
  EXPECT_GT(framed, kMutants / 2);
  EXPECT_GT(changed, kMutants * 3 / 4);
}

TEST(BlobMutatorTest, ManyMutantsAreStillSound) {
  const std::string original = listpack({"a", "5", "text that is longer", "-70000"});
  uint32_t sound = 0;
  for (uint32_t seed = 0; seed < kMutants; ++seed) {
    const std::string mutant = mutate_blob<BlobKind::kListpack>(original, mutation(seed));
    sound += mutant != original && kind_of_blob(mutant) == BlobKind::kListpack;
  }
  EXPECT_GT(sound, kMutants / 2);
  EXPECT_LT(sound, kMutants) << "nothing is ever damaged";
}

TEST(DumpTest, TakesRecordsApartAlongTheirLayouts) {
  const std::string data = dump();
  const Dump taken(data);
  ASSERT_TRUE(taken.readable && taken.ended);
  ASSERT_EQ(taken.records.size(), 5u);
  const Record& set = taken.records.back();
  const std::vector<Token> tokens = tokens_of(*set.row, set.bytes);
  ASSERT_EQ(tokens.size(), 5u);  // name, count, members
  EXPECT_EQ(tokens[1].kind, Token::Kind::kCount);
  EXPECT_EQ(tokens[1].items.size(), 4u);
  EXPECT_EQ(text_of(set.bytes, tokens[4]), "c");
}

}  // namespace
}  // namespace rdbproof::fuzz
