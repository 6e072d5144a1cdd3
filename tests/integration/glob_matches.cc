// Answers which names a glob matches, for glob_test.py: reads lines of a pattern and a name in
// hexadecimal, after a letter each, and writes 1 or 0 for each line.
#include <cstdlib>
#include <iostream>
#include <string>

#include "engine/diff/glob.h"

namespace {

std::string from_hex(const std::string& hex) {
  std::string bytes;
  for (size_t i = 1; i + 1 < hex.size(); i += 2) {
    bytes += static_cast<char>(std::strtoul(hex.substr(i, 2).c_str(), nullptr, 16));
  }
  return bytes;
}

}  // namespace

int main() {
  std::string pattern;
  std::string name;
  while (std::cin >> pattern >> name) {
    std::cout << (rdbproof::Glob(from_hex(pattern)).matches(from_hex(name)) ? '1' : '0') << '\n';
  }
}
