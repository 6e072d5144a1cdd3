#include <gtest/gtest.h>

#include "engine/encoding/intset.h"
#include "engine/encoding/zipmap.h"
#include "tests/unit/base/hex.h"
#include "tests/unit/encoding/walk.h"

namespace rdbproof {
namespace {

using test::from_hex;
using test::Walked;
using Items = std::vector<std::string>;

Walked intset(const std::string& hex) {
  return test::walk<IntsetWalker>(from_hex(hex));
}

Walked zipmap(const std::string& hex) {
  return test::walk<ZipmapWalker>(from_hex(hex));
}

TEST(IntsetTest, ReadsEveryWidth) {
  EXPECT_EQ(intset("02000000 03000000 0080 ffff ff7f").items, (Items{"#-32768", "#-1", "#32767"}));
  EXPECT_EQ(intset("04000000 02000000 00000080 ffffff7f").items,
            (Items{"#-2147483648", "#2147483647"}));
  EXPECT_EQ(intset("08000000 02000000 0000000000000080 ffffffffffffff7f").items,
            (Items{"#-9223372036854775808", "#9223372036854775807"}));
  EXPECT_EQ(intset("08000000 01000000 0100000000000000").code, Code::kNone)
      << "wider than needed: servers keep the width when members leave";
}

TEST(IntsetTest, RefusesWhatIsMalformed) {
  for (const char* hex : {
           "",
           "02000000",                  // no count
           "03000000 01000000 000000",  // width
           "00000000 00000000",         // width
           "10000000 01000000 00000000000000000000000000000000",
           "02000000 02000000 0100",              // count too large
           "02000000 01000000 0100 0200",         // count too small
           "02000000 01000000 01",                // half an integer
           "02000000 02000000 0200 0100",         // descending
           "02000000 02000000 0100 0100",         // twice
           "02000000 02000000 0100 ffff",         // -1 after 1
           "08000000 00000020 0100000000000000",  // count * width overflows 32 bits
       }) {
    EXPECT_EQ(intset(hex).code, Code::kBadIntset) << hex;
  }
}

TEST(IntsetTest, NoBeginningOfItPasses) {
  const std::string sound = from_hex("02000000 03000000 0080 ffff ff7f");
  EXPECT_EQ(test::cuts_that_pass<IntsetWalker>(sound), std::vector<size_t>{});
}

TEST(ZipmapTest, ReadsShortAndLongLengths) {
  EXPECT_EQ(zipmap("01 0161 0200 6263 ff").items, (Items{"'a'", "'bc'"}));
  EXPECT_EQ(zipmap("01 0161 0000 ff").items, (Items{"'a'", "''"}));
  const std::string text(254, 'x');
  const std::string blob =
      from_hex("01") + "\xfe" + from_hex("fe000000") + text + from_hex("0100") + "v" + "\xff";
  const Walked walked = test::walk<ZipmapWalker>(blob);
  EXPECT_EQ(walked.items, (Items{"'" + text + "'", "'v'"}));
  EXPECT_EQ(walked.code, Code::kNone);
}

TEST(ZipmapTest, SkipsFreeBytes) {
  const Walked walked = zipmap("02 0161 0102 62ffff 0163 0100 64 ff");
  EXPECT_EQ(walked.items, (Items{"'a'", "'b'", "'c'", "'d'"}));
  EXPECT_EQ(walked.code, Code::kNone);
}

TEST(ZipmapTest, AFullCountByteMeansAnyNumber) {
  EXPECT_EQ(zipmap("fe 0161 0100 62 ff").code, Code::kNone);
  EXPECT_EQ(zipmap("00 ff").code, Code::kBadZipmap) << "servers refuse an empty one";
  EXPECT_EQ(intset("02000000 00000000").code, Code::kBadIntset) << "servers refuse an empty one";
}

TEST(ZipmapTest, RefusesWhatIsMalformed) {
  for (const char* hex : {
           "", "01",
           "01 0161 0100 62",              // no end mark
           "02 0161 0100 62 ff",           // count too large
           "00 0161 0100 62 ff",           // count too small
           "01 0561 0100 62 ff",           // field past the end
           "01 0161 7f00 62 ff",           // value past the end
           "01 0161 01fe 62 ff",           // free bytes past the end
           "01 0161 0101 62 ff",           // free bytes cover the end mark
           "01 fe01000000 61 0100 62 ff",  // a short length in its long form
           "01 fe0000 ff",                 // a long form cut
           "01 feffffffff 61 0100 62 ff",  // a long length past the end
           "01 ff 0161 0100 62 ff",        // an end mark before the end
       }) {
    EXPECT_EQ(zipmap(hex).code, Code::kBadZipmap) << hex;
  }
  EXPECT_EQ(zipmap("01 0161 ff").code, Code::kTupleIncomplete);
}

TEST(ZipmapTest, NoBeginningOfItPasses) {
  const std::string sound = from_hex("02 0161 0102 620000 0163 0100 64 ff");
  ASSERT_EQ(test::walk<ZipmapWalker>(sound).code, Code::kNone);
  EXPECT_EQ(test::cuts_that_pass<ZipmapWalker>(sound), std::vector<size_t>{});
}

}  // namespace
}  // namespace rdbproof
