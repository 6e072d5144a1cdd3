#include "engine/rdb/dump_payload.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "engine/hash/crc64.h"
#include "engine/rdb/record_decoder.h"
#include "tests/unit/base/hex.h"
#include "tests/unit/rdb/recording_sink.h"

namespace rdbproof {
namespace {

using test::context_of;
using test::from_hex;

std::string le(uint64_t number, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i));
  return out;
}

std::string payload_of(const std::string& body, uint16_t version) {
  const std::string summed = body + le(version, 2);
  return summed + le(crc64(0, summed), 8);
}

// A string: "hello".
const std::string kHello = from_hex("00 05 68 65 6c 6c 6f");

std::vector<std::string> decode(Bytes beginning, Bytes record) {
  return test::decode(beginning, record).lines;
}

TEST(DumpPayloadTest, TakesVersionAndChecksumOff) {
  const std::string payload = payload_of(kHello, 10);
  const auto read = read_dump_payload(payload);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->body, kHello);
  EXPECT_EQ(read->version, 10);
  EXPECT_TRUE(read->checksum_matches);
}

TEST(DumpPayloadTest, ChecksumOverEveryByte) {
  const std::string payload = payload_of(kHello, 10);
  for (size_t i = 0; i < payload.size(); ++i) {
    std::string wrong = payload;
    wrong[i] ^= 1;
    const auto read = read_dump_payload(wrong);
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->checksum_matches) << i;
  }
  EXPECT_TRUE(read_dump_payload(kHello + le(10, 2) + le(0, 8))->checksum_matches);
}

// FUNCTION DUMP of a server without functions has no body; a key has one.
TEST(DumpPayloadTest, NeedsVersionAndChecksum) {
  const std::string payload = payload_of(kHello, 10);
  for (size_t size = 0; size < 10; ++size) {
    EXPECT_FALSE(read_dump_payload(Bytes(payload).substr(0, size))) << size;
  }
  EXPECT_TRUE(read_dump_payload(Bytes(payload).substr(0, 10))->body.empty());
  const FileContext file = context_of("REDIS0011");
  std::string out;
  EXPECT_FALSE(append_key_record(out, file, "k", std::nullopt, ""));
  EXPECT_TRUE(are_function_records(file, ""));
  EXPECT_FALSE(are_function_records(file, kHello));
  EXPECT_TRUE(are_function_records(file, from_hex("f5 01 61 f5 01 62")));
  EXPECT_FALSE(are_function_records(file, from_hex("f5 02 61")));
}

TEST(DumpPayloadTest, StandsAsARecordInAFile) {
  const FileContext file = context_of("REDIS0011");
  std::string out = "before";
  ASSERT_TRUE(append_key_record(out, file, "k", 1234, kHello));
  ASSERT_TRUE(out.starts_with("before"));
  std::string plain;
  ASSERT_TRUE(append_key_record(plain, file, std::string("\0n", 2), std::nullopt, kHello));
  EXPECT_EQ(plain, from_hex("00 02 00 6e 05 68 65 6c 6c 6f"));
  EXPECT_EQ(out.substr(6), from_hex("fc d2 04 00 00 00 00 00 00 00 01 6b 05 68 65 6c 6c 6f"));
  const std::vector<std::string> lines = decode("REDIS0011", out.substr(6));
  EXPECT_NE(std::ranges::find(lines, "item 'hello'"), lines.end());
}

// One class of metadata that may be ignored, without tokens, in front of a value.
TEST(DumpPayloadTest, KeepsAttributesInFrontOfTheKey) {
  const std::string metadata = from_hex("f3 01 01 00 00 00 00");
  std::string out;
  ASSERT_TRUE(
      append_key_record(out, context_of("REDIS0013"), "k", std::nullopt, metadata + kHello));
  EXPECT_EQ(out, metadata + from_hex("00 01 6b 05 68 65 6c 6c 6f"));
}

TEST(DumpPayloadTest, RefusesWhatIsNotExactlyOneValue) {
  const FileContext file = context_of("REDIS0011");
  const std::vector<std::string> wrong{
      "",
      kHello + '\0',                        // and more
      kHello.substr(0, kHello.size() - 1),  // cut
      from_hex("00"),
      from_hex("fe 00"),  // a record that is no value
      from_hex("fe 00") + kHello,
      from_hex("ff"),
      from_hex("fa 01 61 01 62") + kHello,
      from_hex("f5 01 61"),
      from_hex("08 00"),                       // a type that there never was
      from_hex("fc 00 00 00 00 00 00 00 00"),  // attributes only
      from_hex("02 81 ff ff ff ff ff ff ff ff 01 61"),
      kHello + kHello,
  };
  for (const std::string& body : wrong) {
    std::string out = "before";
    EXPECT_FALSE(append_key_record(out, file, "k", 1, body)) << to_hex(body);
    EXPECT_EQ(out, "before");
  }
}

// Payloads that crashed servers once: they are taken apart, or they are not, and what stands as a
// record is one for the decoder too.
TEST(DumpPayloadTest, CorpusOfHostilePayloads) {
  const std::filesystem::path directory =
      std::filesystem::path(RDBPROOF_CORPUS) / "../../shared/corpus/thirdparty/restore-payloads";
  if (!std::filesystem::exists(directory)) GTEST_SKIP() << "the corpus is not there";
  const FileContext file = context_of("REDIS0011");
  size_t records = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() != ".bin") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string payload(std::istreambuf_iterator<char>(in), {});
    const auto read = read_dump_payload(payload);
    ASSERT_TRUE(read) << entry.path();
    std::string record;
    if (!append_key_record(record, file, "k", std::nullopt, read->body)) continue;
    ++records;
    test::RecordingSink sink;
    RecordDecoder decoder(file, sink);
    decoder.decode(record, 0);
    EXPECT_FALSE(sink.lines.empty()) << entry.path();
  }
  EXPECT_GT(records, 10u);
}

}  // namespace
}  // namespace rdbproof
