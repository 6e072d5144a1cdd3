#include "engine/hash/crc16.h"

#include <gtest/gtest.h>

#include <string>

namespace rdbproof {
namespace {

TEST(Crc16Test, IsThatOfXmodem) {
  EXPECT_EQ(crc16(""), 0);
  EXPECT_EQ(crc16("123456789"), 0x31c3);
}

// The answers of CLUSTER KEYSLOT.
TEST(Crc16Test, SlotsAreThoseOfServers) {
  EXPECT_EQ(key_slot("foo"), 12182);
  EXPECT_EQ(key_slot("bar"), 5061);
  EXPECT_EQ(key_slot(""), 0);
  EXPECT_EQ(key_slot("\xff\x01"), key_slot("{\xff\x01}"));
}

TEST(Crc16Test, ATagDecides) {
  EXPECT_EQ(key_slot("{foo}bar"), key_slot("foo"));
  EXPECT_EQ(key_slot("a{foo}{bar}"), key_slot("foo"));
  EXPECT_EQ(key_slot("{{foo}}"), key_slot("{foo")) << "up to the first closing brace";
  for (const std::string whole : {"a{}foo", "a{foo", "a}foo{"}) {
    EXPECT_EQ(key_slot(whole), crc16(whole) % 16384) << whole;
  }
}

}  // namespace
}  // namespace rdbproof
