#include "engine/hash/hash128.h"

namespace rdbproof {

std::string to_hex(Uint128 value) {
  std::string bytes(16, '\0');
  for (size_t i = 16; i-- > 0; value >>= 8) bytes[i] = static_cast<char>(value & 255);
  return to_hex(Bytes(bytes));
}

}  // namespace rdbproof
