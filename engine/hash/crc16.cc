#include "engine/hash/crc16.h"

#include <array>

namespace rdbproof {
namespace {

constexpr std::array<uint16_t, 256> kTable = [] {
  constexpr unsigned kPolynomial = 0x1021;
  std::array<uint16_t, 256> table{};
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    unsigned crc = byte << 8;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc & 0x8000u) != 0 ? (crc << 1) ^ kPolynomial : crc << 1;
    }
    table[byte] = static_cast<uint16_t>(crc);
  }
  return table;
}();

}  // namespace

uint16_t crc16(Bytes data) {
  unsigned crc = 0;
  for (const char c : data) {
    crc = (crc << 8 & 0xFF00u) ^ kTable[(crc >> 8) ^ static_cast<uint8_t>(c)];
  }
  return static_cast<uint16_t>(crc);
}

uint16_t key_slot(Bytes name) {
  constexpr uint16_t kSlotMask = 16384 - 1;
  const size_t open = name.find('{');
  if (open != Bytes::npos) {
    const size_t close = name.find('}', open + 1);
    if (close != Bytes::npos && close != open + 1) name = name.substr(open + 1, close - open - 1);
  }
  return crc16(name) & kSlotMask;
}

}  // namespace rdbproof
