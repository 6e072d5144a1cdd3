#include "engine/base/cursor.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/unit/base/hex.h"

namespace rdbproof {
namespace {

using test::from_hex;

TEST(CursorTest, ReadsBothByteOrders) {
  const std::string data =
      from_hex("01 0203 04050607 08090a0b0c0d0e0f 1011 12131415 161718191a1b1c1d");
  Cursor in(data, 0);
  EXPECT_EQ(in.u8(), 0x01);
  EXPECT_EQ(in.u16_le(), 0x0302);
  EXPECT_EQ(in.u32_le(), 0x07060504u);
  EXPECT_EQ(in.u64_le(), 0x0f0e0d0c0b0a0908u);
  EXPECT_EQ(in.u16_be(), 0x1011);
  EXPECT_EQ(in.u32_be(), 0x12131415u);
  EXPECT_EQ(in.u64_be(), 0x161718191a1b1c1du);
  EXPECT_TRUE(in.ok());
  EXPECT_TRUE(in.at_end());
}

struct Read {
  uint64_t bytes;
  std::function<uint64_t(Cursor&)> read;
};

const Read kReads[] = {
    {1, [](Cursor& in) { return uint64_t{in.u8()}; }},
    {2, [](Cursor& in) { return uint64_t{in.u16_le()}; }},
    {4, [](Cursor& in) { return uint64_t{in.u32_le()}; }},
    {8, [](Cursor& in) { return in.u64_le(); }},
    {2, [](Cursor& in) { return uint64_t{in.u16_be()}; }},
    {4, [](Cursor& in) { return uint64_t{in.u32_be()}; }},
    {8, [](Cursor& in) { return in.u64_be(); }},
    {5, [](Cursor& in) { return uint64_t{in.take(5).size()}; }},
    {5,
     [](Cursor& in) {
       const uint64_t before = in.remaining();
       in.skip(5);
       return in.ok() ? before - in.remaining() : 0;
     }},
};

TEST(CursorTest, EveryReadStopsOneByteShortOfTheEnd) {
  for (const Read& read : kReads) {
    const std::string enough(read.bytes, '\x7f');
    Cursor whole(enough, 100);
    EXPECT_NE(read.read(whole), 0u);
    EXPECT_TRUE(whole.ok());
    EXPECT_EQ(whole.offset(), 100 + read.bytes);

    Cursor cut(Bytes(enough).substr(1), 100);
    EXPECT_EQ(read.read(cut), 0u);
    EXPECT_FALSE(cut.ok());
    EXPECT_EQ(cut.code(), Code::kLengthBeyondEnd);
    EXPECT_EQ(cut.offset(), 100u) << "where the read began";
    EXPECT_EQ(cut.remaining(), 0u);

    Cursor empty({}, 100);
    EXPECT_EQ(read.read(empty), 0u);
    EXPECT_FALSE(empty.ok());
  }
}

TEST(CursorTest, AFailureSticksAndEmptiesTheCursor) {
  Cursor in("abcdef", 10);
  in.skip(2);
  in.fail(Code::kBadLzf, "first");
  in.fail(Code::kBadScore, "second");
  EXPECT_EQ(in.u8(), 0);
  EXPECT_TRUE(in.take(1).empty());
  EXPECT_TRUE(in.rest().empty());
  EXPECT_TRUE(in.at_end());
  EXPECT_FALSE(static_cast<bool>(in));
  EXPECT_EQ(in.code(), Code::kBadLzf);
  EXPECT_STREQ(in.detail(), "first");
  EXPECT_EQ(in.offset(), 12u);
}

TEST(CursorTest, AFailureMayStandElsewhere) {
  Cursor in("abcdef", 10);
  in.skip(3);
  in.fail_at(Code::kUnknownOpcode, 11, "");
  EXPECT_EQ(in.offset(), 11u);
}

TEST(CursorTest, AZeroCountIsAlwaysThere) {
  Cursor in({}, 0);
  EXPECT_TRUE(in.take(0).empty());
  in.skip(0);
  EXPECT_TRUE(in.require(0));
  EXPECT_TRUE(in.ok());
}

TEST(CursorTest, NoCountOverflows) {
  Cursor in("abc", 0);
  in.skip(1);
  EXPECT_FALSE(in.require(~uint64_t{0}));
  EXPECT_EQ(in.offset(), 1u);
}

TEST(CursorTest, APinnedCursorStaysAtItsOffset) {
  Cursor in("abcdef", 50, true);
  in.skip(4);
  EXPECT_EQ(in.offset(), 50u);
  in.fail(Code::kBadListpack);
  EXPECT_EQ(in.offset(), 50u);
  EXPECT_TRUE(in.pinned());
}

TEST(CursorTest, AnOverrunMayHaveItsOwnCode) {
  Cursor in("abc", 0);
  in.set_overrun_code(Code::kBadZiplist);
  in.u32_le();
  EXPECT_EQ(in.code(), Code::kBadZiplist);
}

TEST(CursorTest, PeekConsumesNothing) {
  Cursor in("\xff", 0);
  EXPECT_EQ(in.peek(), 0xff);
  EXPECT_EQ(in.u8(), 0xff);
  EXPECT_EQ(in.peek(), 0);
  EXPECT_TRUE(in.ok());
}

TEST(CursorTest, ViewsPointIntoTheData) {
  const std::string data = "abcdef";
  Cursor in(data, 0);
  in.skip(1);
  const Bytes taken = in.take(2);
  EXPECT_EQ(taken, "bc");
  EXPECT_EQ(taken.data(), data.data() + 1);
  EXPECT_EQ(in.rest(), "def");
}

}  // namespace
}  // namespace rdbproof
