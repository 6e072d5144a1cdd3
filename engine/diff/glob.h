// Patterns of names as Redis' KEYS and SCAN read them: * ? [a-z] [^x] and the backslash.
#pragma once

#include <bitset>
#include <cstdint>
#include <vector>

#include "engine/base/bytes.h"

namespace rdbproof {

// Every text is a pattern: a class that is not closed ends with the pattern. Works on bytes, which
// are not signed in ranges. const and thread-safe.
class Glob {
 public:
  explicit Glob(Bytes pattern);

  // Whether the whole name matches; at most as many steps as pattern bytes times name bytes.
  bool matches(Bytes name) const;

 private:
  using Class = std::bitset<256>;
  struct Token {
    enum class Kind : uint8_t { kByte, kAny, kClass, kStar };
    Kind kind;
    uint8_t byte = 0;
    size_t index = 0;  // in classes_
  };

  // Reads a class from behind its bracket; returns the position behind it.
  size_t add_class(Bytes pattern, size_t position);
  bool fits(const Token& token, uint8_t byte) const;

  std::vector<Token> tokens_;
  std::vector<Class> classes_;
};

}  // namespace rdbproof
