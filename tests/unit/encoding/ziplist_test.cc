#include "engine/encoding/ziplist.h"

#include <gtest/gtest.h>

#include "engine/encoding/ziplist_writer.h"
#include "tests/unit/base/hex.h"
#include "tests/unit/encoding/walk.h"

namespace rdbproof {
namespace {

using test::from_hex;
using test::Walked;
using Items = std::vector<std::string>;

Walked walk(Bytes blob) {
  return test::walk<ZiplistWalker>(blob);
}

std::string ziplist(const std::string& entries, uint16_t count, uint32_t tail) {
  std::string blob(10, '\0');
  blob += entries + "\xff";
  const auto total = static_cast<uint32_t>(blob.size());
  std::memcpy(blob.data(), &total, 4);
  std::memcpy(blob.data() + 4, &tail, 4);
  std::memcpy(blob.data() + 8, &count, 2);
  return blob;
}

Walked walk_entry(const std::string& hex) {
  return walk(ziplist(from_hex(hex), 1, 10));
}

TEST(ZiplistTest, ReadsEveryIntegerForm) {
  const std::vector<std::pair<const char*, const char*>> forms{
      {"00 f1", "#0"},
      {"00 fd", "#12"},
      {"00 fe 7f", "#127"},
      {"00 fe 80", "#-128"},
      {"00 c0 ff7f", "#32767"},
      {"00 c0 0080", "#-32768"},
      {"00 f0 ffff7f", "#8388607"},
      {"00 f0 000080", "#-8388608"},
      {"00 d0 ffffff7f", "#2147483647"},
      {"00 d0 00000080", "#-2147483648"},
      {"00 e0 ffffffffffffff7f", "#9223372036854775807"},
      {"00 e0 0000000000000080", "#-9223372036854775808"},
  };
  for (const auto& [hex, item] : forms) {
    const Walked walked = walk_entry(hex);
    EXPECT_EQ(walked.items, Items{item}) << hex;
    EXPECT_EQ(walked.code, Code::kNone) << hex << ": " << walked.detail;
  }
}

TEST(ZiplistTest, ReadsEveryStringForm) {
  EXPECT_EQ(walk_entry("00 00").items, Items{"''"});
  EXPECT_EQ(walk_entry("00 02 6162").items, Items{"'ab'"});
  EXPECT_EQ(walk_entry("00 4002 6162").items, Items{"'ab'"});
  EXPECT_EQ(walk_entry("00 80 00000002 6162").items, Items{"'ab'"});
}

TEST(ZiplistTest, ReadsBothFormsOfAPreviousLength) {
  const std::string short_form = ziplist(from_hex("00 0161 03 0162"), 2, 13);
  const std::string long_form = ziplist(from_hex("00 0161 fe03000000 0162"), 2, 13);
  EXPECT_EQ(walk(short_form).items, (Items{"'a'", "'b'"}));
  EXPECT_EQ(walk(long_form).items, (Items{"'a'", "'b'"}));
  EXPECT_EQ(walk(long_form).code, Code::kNone) << "servers write it when an entry shrinks";
}

TEST(ZiplistTest, ReadsWhatTheWriterWrites) {
  for (const size_t length : {0u, 63u, 64u, 250u, 251u, 252u, 16383u, 16384u}) {
    ZiplistWriter writer;
    writer.append(std::string(length, 'x'));
    writer.append("12");
    const Walked walked = walk(writer.finish());
    EXPECT_EQ(walked.code, Code::kNone) << length << ": " << walked.detail;
    EXPECT_EQ(walked.items, (Items{"'" + std::string(length, 'x') + "'", "#12"}));
  }
}

TEST(ZiplistTest, AnEmptyOneIsSound) {
  EXPECT_EQ(walk(ziplist("", 0, 10)).code, Code::kNone);
  EXPECT_EQ(walk(ziplist(from_hex("00f1 02f2"), 65535, 12)).code, Code::kNone);
}

struct Malformed {
  const char* name;
  std::string blob;
};

TEST(ZiplistTest, RefusesWhatIsMalformed) {
  const std::string sound = ziplist(from_hex("00 0161 03 0162"), 2, 13);
  ASSERT_EQ(walk(sound).code, Code::kNone);
  std::string longer = sound;
  longer[0] = static_cast<char>(longer[0] + 1);
  std::string no_end = sound;
  no_end.back() = '\0';
  const std::vector<Malformed> cases{
      {"total too large", longer},
      {"no end mark", no_end},
      {"bytes behind the end mark", sound + "\xff"},
      {"tail outside", ziplist(from_hex("00 0161 03 0162"), 2, 1000)},
      {"tail not at the last entry", ziplist(from_hex("00 0161 03 0162"), 2, 10)},
      {"tail of an empty list", ziplist("", 0, 11)},
      {"count too small", ziplist(from_hex("00 0161 03 0162"), 1, 13)},
      {"count too large", ziplist(from_hex("00 0161 03 0162"), 3, 13)},
      {"previous length of the first", ziplist(from_hex("01 0161"), 1, 10)},
      {"previous length too small", ziplist(from_hex("00 0161 02 0162"), 2, 13)},
      {"previous length too large", ziplist(from_hex("00 0161 04 0162"), 2, 13)},
      {"long previous length wrong", ziplist(from_hex("00 0161 fe04000000 0162"), 2, 13)},
      {"long previous length cut", ziplist(from_hex("00 0161 fe03"), 2, 13)},
      {"unknown encoding c1", ziplist(from_hex("00 c1 0000"), 1, 10)},
      {"unknown encoding ff", ziplist(from_hex("00 ff"), 1, 10)},
      {"6-bit length past the end", ziplist(from_hex("00 3f61"), 1, 10)},
      {"14-bit length past the end", ziplist(from_hex("00 7fff61"), 1, 10)},
      {"32-bit length past the end", ziplist(from_hex("00 80ffffffff61"), 1, 10)},
      {"integer past the end", ziplist(from_hex("00 e00000"), 1, 10)},
      {"end mark in the middle", ziplist(from_hex("00 0161 ff 0162"), 2, 13)},
      {"text covers the end mark", ziplist(from_hex("00 0261"), 1, 10)},
      {"empty", ""},
  };
  for (const Malformed& malformed : cases) {
    const Walked walked = walk(malformed.blob);
    EXPECT_EQ(walked.code, Code::kBadZiplist) << malformed.name;
    EXPECT_GE(walked.offset, test::kBlobOffset) << malformed.name;
    EXPECT_LE(walked.offset, test::kBlobOffset + malformed.blob.size()) << malformed.name;
  }
}

TEST(ZiplistTest, NoBeginningOfItPasses) {
  const std::string sound = ziplist(from_hex("00 0161 03 fe80 03 e00000000000000080"), 3, 16);
  ASSERT_EQ(walk(sound).code, Code::kNone) << walk(sound).detail;
  EXPECT_EQ(test::cuts_that_pass<ZiplistWalker>(sound), std::vector<size_t>{});
}

}  // namespace
}  // namespace rdbproof
