#include "engine/encoding/hyperloglog.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/base/hex.h"

namespace rdbproof {
namespace {

using test::from_hex;

std::string body(char encoding, const std::string& registers) {
  return "HYLL" + std::string(1, encoding) + std::string(11, '\xff') + registers;
}

std::string fault(char encoding, const std::string& registers) {
  const char* const what = hyperloglog_fault(body(encoding, registers));
  return what == nullptr ? "" : what;
}

TEST(HyperLogLogTest, TheDenseFormHasOneSize) {
  EXPECT_EQ(fault(0, std::string(12288, '\x81')), "");
  EXPECT_NE(fault(0, std::string(12287, '\x81')), "");
  EXPECT_NE(fault(0, std::string(12289, '\x81')), "");
}

TEST(HyperLogLogTest, TheSparseFormCoversAllRegisters) {
  EXPECT_EQ(fault(1, from_hex("7fff")), "") << "16384 zeros";
  EXPECT_EQ(fault(1, from_hex("7ffe 00")), "") << "16383 zeros and one more";
  EXPECT_EQ(fault(1, from_hex("7ffb ff")), "") << "16380 zeros, four times 32";
  EXPECT_EQ(fault(1, from_hex("80 3f 7fbe")), "") << "one, 64 and 16319";
  EXPECT_NE(fault(1, from_hex("7ffe")), "") << "one too few";
  EXPECT_NE(fault(1, from_hex("7fff 00")), "") << "one too many";
  EXPECT_NE(fault(1, from_hex("7ffc ff")), "") << "one too many in the last run";
  EXPECT_NE(fault(1, from_hex("7fff 7fff")), "");
  EXPECT_NE(fault(1, from_hex("7ffe 40")), "") << "half a run";
  EXPECT_NE(fault(1, ""), "");
}

TEST(HyperLogLogTest, OtherEncodingsDoNotExist) {
  EXPECT_NE(fault(2, from_hex("7fff")), "");
  EXPECT_NE(fault('\xff', std::string(12288, '\0')), "");
}

TEST(HyperLogLogTest, NoBeginningOfItIsOne) {
  const std::string sound = body(1, from_hex("7ffe 00"));
  for (size_t length = 4; length < sound.size(); ++length) {
    const std::string cut(sound, 0, length);
    EXPECT_NE(hyperloglog_fault(cut), nullptr) << length;
  }
}

}  // namespace
}  // namespace rdbproof
