// Which slot of a cluster a key is in.
#pragma once

#include <cstdint>

#include "engine/base/bytes.h"

namespace rdbproof {

// CRC-16/XMODEM: polynomial 0x1021, initial value 0. crc16("123456789") is 0x31c3.
uint16_t crc16(Bytes data);

inline constexpr uint16_t kClusterSlots = 16384;

// Of the text in the first pair of braces if there is any, else of the whole name: keys that
// belong together are given a common tag so. Redis src/cluster.c, keyHashSlot.
uint16_t key_slot(Bytes name);

}  // namespace rdbproof
