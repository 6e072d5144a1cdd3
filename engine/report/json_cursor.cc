#include "engine/report/json_cursor.h"

#include <charconv>

namespace rdbproof {

std::string JsonCursor::hex(size_t size) const {
  const std::string digits = text();
  std::string bytes;
  for (size_t i = 0; digits.size() == 2 * size && i < digits.size(); i += 2) {
    uint8_t byte = 0;
    const char* const end = digits.data() + i + 2;
    if (std::from_chars(digits.data() + i, end, byte, 16).ptr != end) break;
    bytes += static_cast<char>(byte);
  }
  if (bytes.size() == size) return bytes;
  reject(std::to_string(2 * size) + " hexadecimal digits");
  return {};
}

}  // namespace rdbproof
