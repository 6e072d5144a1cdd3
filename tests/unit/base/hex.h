// Bytes in tests, as hexadecimal digits with any blanks between them.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

namespace rdbproof::test {

inline std::string from_hex(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  size_t digits = 0;
  size_t value = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\n') continue;
    const size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) std::abort();  // the test itself is wrong
    value = value * 16 + digit;
    if (++digits % 2 == 0) out += static_cast<char>(value & 255);
  }
  if (digits % 2 != 0) std::abort();
  return out;
}

}  // namespace rdbproof::test
