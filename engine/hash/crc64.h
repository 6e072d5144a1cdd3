// CRC-64 as Redis computes it: polynomial Jones, reflected, initial value 0, no final inversion.
// crc64("123456789") is 0xe9c6d914c4b8d9ca. Redis src/crc64.c.
#pragma once

#include <cstdint>

#include "engine/base/bytes.h"

namespace rdbproof {

// The CRC of what was hashed into `crc` so far followed by `data`.
uint64_t crc64(uint64_t crc, Bytes data);

// The same without instructions that a CPU may lack. Tests hold both to the same answers.
uint64_t crc64_portable(uint64_t crc, Bytes data);

// The CRC of A followed by B, from the CRC of each and the length of B in bytes.
uint64_t crc64_combine(uint64_t crc_a, uint64_t crc_b, uint64_t length_b);

}  // namespace rdbproof
