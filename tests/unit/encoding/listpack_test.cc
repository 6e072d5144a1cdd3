#include "engine/encoding/listpack.h"

#include <gtest/gtest.h>

#include "engine/encoding/listpack_writer.h"
#include "tests/unit/base/hex.h"
#include "tests/unit/encoding/walk.h"

namespace rdbproof {
namespace {

using test::from_hex;
using test::Walked;
using Items = std::vector<std::string>;

Walked walk(Bytes blob) {
  return test::walk<ListpackWalker>(blob);
}

// A listpack around `entries`, with a header that fits.
std::string listpack(const std::string& entries, uint16_t count) {
  std::string blob(6, '\0');
  blob += entries + "\xff";
  const auto total = static_cast<uint32_t>(blob.size());
  std::memcpy(blob.data(), &total, 4);
  std::memcpy(blob.data() + 4, &count, 2);
  return blob;
}

Walked walk_entry(const std::string& hex) {
  return walk(listpack(from_hex(hex), 1));
}

TEST(ListpackTest, ReadsEveryIntegerForm) {
  const std::vector<std::pair<const char*, const char*>> forms{
      {"00 01", "#0"},
      {"7f 01", "#127"},
      {"c0 80 02", "#128"},
      {"cf ff 02", "#4095"},
      {"d0 00 02", "#-4096"},
      {"df ff 02", "#-1"},
      {"f1 ff7f 03", "#32767"},
      {"f1 0080 03", "#-32768"},
      {"f2 ffff7f 04", "#8388607"},
      {"f2 000080 04", "#-8388608"},
      {"f2 ffffff 04", "#-1"},
      {"f3 ffffff7f 05", "#2147483647"},
      {"f3 00000080 05", "#-2147483648"},
      {"f4 ffffffffffffff7f 09", "#9223372036854775807"},
      {"f4 0000000000000080 09", "#-9223372036854775808"},
  };
  for (const auto& [hex, item] : forms) {
    const Walked walked = walk_entry(hex);
    EXPECT_EQ(walked.items, Items{item}) << hex;
    EXPECT_EQ(walked.code, Code::kNone) << hex << ": " << walked.detail;
  }
}

TEST(ListpackTest, FormsThatAreLongerThanNeededAreNoted) {
  for (const char* hex : {"c0 7f 02", "c0 00 02", "f1 ff0f 03", "f1 00f0 03", "f2 ff7f00 04",
                          "f2 0080ff 04", "f3 ffff7f00 05", "f3 000080ff 05",
                          "f4 ffffff7f00000000 09", "f4 00000080ffffffff 09", "e0 00 02"}) {
    const Walked walked = walk_entry(hex);
    EXPECT_EQ(walked.code, Code::kNone) << hex;
    EXPECT_NE(walked.oddity, "") << hex;
  }
  // The first number that needs the form.
  for (const char* hex :
       {"7f 01", "c0 80 02", "df ff 02", "f1 0010 03", "f1 ffef 03", "f2 008000 04", "f2 ff7fff 04",
        "f3 00008000 05", "f3 ffff7fff 05", "f4 0000008000000000 09", "f4 ffffff7fffffffff 09"}) {
    const Walked walked = walk_entry(hex);
    EXPECT_EQ(walked.code, Code::kNone) << hex;
    EXPECT_EQ(walked.oddity, "") << hex;
  }
}

TEST(ListpackTest, NoLengthThatTheWriterChoosesIsNoted) {
  for (const size_t length : {0u, 1u, 63u, 64u, 4095u, 4096u, 20000u}) {
    ListpackWriter writer;
    writer.append(std::string(length, 'x'));
    EXPECT_EQ(walk(writer.finish()).oddity, "") << length;
  }
}

TEST(ListpackTest, TellsWhatIsWrongWithTheWholeFromAnEntry) {
  EXPECT_TRUE(walk(listpack(from_hex("01 01"), 2)).as_whole) << "the count";
  EXPECT_TRUE(walk(from_hex("0000")).as_whole) << "the header";
  EXPECT_FALSE(walk_entry("01 02").as_whole) << "a back-length";
  EXPECT_FALSE(walk_entry("f5 01").as_whole) << "an encoding";
  EXPECT_FALSE(walk_entry("01 01").as_whole);
  EXPECT_EQ(walk(listpack(from_hex("01 01"), 65535)).code, Code::kNone) << "count them";
}

TEST(ListpackTest, ReadsEveryStringForm) {
  EXPECT_EQ(walk_entry("80 01").items, Items{"''"});
  EXPECT_EQ(walk_entry("82 6162 03").items, Items{"'ab'"});
  EXPECT_EQ(walk_entry("e002 6162 04").items, Items{"'ab'"});
  EXPECT_EQ(walk_entry("f0 02000000 6162 07").items, Items{"'ab'"});
}

// The widths of the back-length, on both sides of each threshold.
TEST(ListpackTest, ReadsEveryBackLength) {
  for (const size_t entry : {125u, 126u, 127u, 128u, 129u, 16381u, 16382u, 16383u, 16384u, 2097149u,
                             2097150u, 2097151u, 2097152u}) {
    const std::string text(entry, 'x');
    ListpackWriter writer;
    writer.append(text);
    writer.append("end");
    const Walked walked = walk(writer.finish());
    EXPECT_EQ(walked.code, Code::kNone) << entry << ": " << walked.detail;
    ASSERT_EQ(walked.items.size(), 2u) << entry;
    EXPECT_EQ(walked.items[0].size(), entry + 2);
  }
}

TEST(ListpackTest, AnUnknownCountMeansAnyNumber) {
  EXPECT_EQ(walk(listpack(from_hex("0101 0201"), 65535)).code, Code::kNone);
  EXPECT_EQ(walk(listpack("", 0)).code, Code::kNone);
}

struct Malformed {
  const char* name;
  std::string blob;
};

TEST(ListpackTest, RefusesWhatIsMalformed) {
  const std::string sound = listpack(from_hex("0101 826162 03"), 2);
  ASSERT_EQ(walk(sound).code, Code::kNone);
  std::string longer = sound;
  longer[0] = static_cast<char>(longer[0] + 1);
  std::string shorter = sound;
  shorter[0] = static_cast<char>(shorter[0] - 1);
  std::string no_end = sound;
  no_end.back() = '\0';
  const std::vector<Malformed> cases{
      {"total too large", longer},
      {"total too small", shorter},
      {"no end mark", no_end},
      {"bytes behind the end mark", sound + "x"},
      {"count too small", listpack(from_hex("0101 0201"), 1)},
      {"count too large", listpack(from_hex("0101 0201"), 3)},
      {"count but no entries", listpack("", 1)},
      {"entries but no count", listpack(from_hex("0101"), 0)},
      {"12-bit length past the end", listpack(from_hex("efff 61 03"), 1)},
      {"32-bit length past the end", listpack(from_hex("f0 ffffffff 61 06"), 1)},
      {"32-bit length cut", listpack(from_hex("f0 ff"), 1)},
      {"6-bit length past the end", listpack(from_hex("bf 61 02"), 1)},
      {"integer past the end", listpack(from_hex("f4 00"), 1)},
      {"back-length too small", listpack(from_hex("82 6162 02"), 1)},
      {"back-length too large", listpack(from_hex("82 6162 04"), 1)},
      {"back-length wider than needed", listpack(from_hex("82 6162 0083"), 1)},
      {"back-length missing", listpack(from_hex("82 6162"), 1)},
      {"end mark first", listpack(from_hex("ff 0101"), 1)},
      {"unknown encoding f5", listpack(from_hex("f5 01"), 1)},
      {"unknown encoding fe", listpack(from_hex("fe 01"), 1)},
      {"text covers the end mark", listpack(from_hex("83 6162"), 1)},
      {"empty", ""},
  };
  for (const Malformed& malformed : cases) {
    const Walked walked = walk(malformed.blob);
    EXPECT_EQ(walked.code, Code::kBadListpack) << malformed.name;
    EXPECT_GE(walked.offset, test::kBlobOffset) << malformed.name;
    EXPECT_LE(walked.offset, test::kBlobOffset + malformed.blob.size()) << malformed.name;
  }
}

TEST(ListpackTest, RefusesWrongBackLengthsOfEveryWidth) {
  for (const size_t entry : {100u, 200u, 20000u, 2100000u}) {
    ListpackWriter writer;
    writer.append(std::string(entry, 'x'));
    const std::string sound(writer.finish());
    ASSERT_EQ(walk(sound).code, Code::kNone);
    const size_t width = entry < 127 ? 1 : entry < 16383 ? 2 : entry < 2097151 ? 3 : 4;
    for (size_t i = 0; i < width; ++i) {
      std::string wrong = sound;
      wrong[wrong.size() - 2 - i] ^= 1;
      EXPECT_EQ(walk(wrong).code, Code::kBadListpack) << entry << " " << i;
    }
  }
}

TEST(ListpackTest, NoBeginningOfItPasses) {
  const std::string sound =
      listpack(from_hex("0101 826162 03 f4 0000000000000080 09 e002 6162 04 f1 0080 03"), 5);
  ASSERT_EQ(walk(sound).code, Code::kNone);
  EXPECT_EQ(test::cuts_that_pass<ListpackWalker>(sound), std::vector<size_t>{});
}

TEST(ListpackTest, APinnedBlobFailsAtItsOffset) {
  const std::string blob = listpack(from_hex("0101 f501"), 2);
  EXPECT_EQ(test::walk<ListpackWalker>(blob, true).offset, test::kBlobOffset);
  EXPECT_EQ(test::walk<ListpackWalker>(blob, false).offset, test::kBlobOffset + 9);
}

}  // namespace
}  // namespace rdbproof
