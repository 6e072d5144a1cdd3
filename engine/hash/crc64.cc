#include "engine/hash/crc64.h"

#include <isa-l/crc64.h>

#include <array>

namespace rdbproof {
namespace {

constexpr uint64_t kPolynomial = 0x95ac9329ac4bc9b5;  // reflected

// Tables for eight bytes at a time: kTables[k][b] is the CRC of byte b followed by k zero bytes.
constexpr auto kTables = [] {
  std::array<std::array<uint64_t, 256>, 8> tables{};
  for (uint64_t byte = 0; byte < 256; ++byte) {
    uint64_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = crc & 1 ? crc >> 1 ^ kPolynomial : crc >> 1;
    tables[0][byte] = crc;
  }
  for (size_t k = 1; k < 8; ++k) {
    for (size_t byte = 0; byte < 256; ++byte) {
      const uint64_t crc = tables[k - 1][byte];
      tables[k][byte] = crc >> 8 ^ tables[0][crc & 255];
    }
  }
  return tables;
}();

// a * b modulo the polynomial, in the reflected representation (bit 63 is x^0).
uint64_t multiply(uint64_t a, uint64_t b) {
  uint64_t product = 0;
  for (; a != 0; a <<= 1) {
    if (a >> 63) product ^= b;
    b = b & 1 ? b >> 1 ^ kPolynomial : b >> 1;
  }
  return product;
}

// ISA-L's fallback takes a byte at a time, slower than the tables above.
bool cpu_has_carryless_multiply() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("pclmul") != 0;
#else
  return true;
#endif
}

}  // namespace

uint64_t crc64_portable(uint64_t crc, Bytes data) {
  for (; data.size() >= 8; data.remove_prefix(8)) {
    const uint64_t word = crc ^ load_le<uint64_t>(data.data());
    crc = 0;
    for (size_t k = 0; k < 8; ++k) crc ^= kTables[7 - k][word >> (8 * k) & 255];
  }
  for (const char c : data) crc = crc >> 8 ^ kTables[0][(crc ^ static_cast<uint8_t>(c)) & 255];
  return crc;
}

uint64_t crc64(uint64_t crc, Bytes data) {
  static const bool fast = cpu_has_carryless_multiply();
  if (!fast) return crc64_portable(crc, data);
  // ISA-L inverts on entry and on exit, Redis does not.
  return ~crc64_jones_refl(~crc, reinterpret_cast<const unsigned char*>(data.data()), data.size());
}

uint64_t crc64_combine(uint64_t crc_a, uint64_t crc_b, uint64_t length_b) {
  uint64_t power = uint64_t{1} << 55;  // x^8, one byte of zeros
  uint64_t shift = uint64_t{1} << 63;  // x^0
  for (; length_b != 0; length_b >>= 1) {
    if (length_b & 1) shift = multiply(shift, power);
    power = multiply(power, power);
  }
  return multiply(shift, crc_a) ^ crc_b;
}

}  // namespace rdbproof
