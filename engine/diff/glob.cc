#include "engine/diff/glob.h"

#include <algorithm>

namespace rdbproof {

Glob::Glob(Bytes pattern) {
  using Kind = Token::Kind;
  for (size_t i = 0; i < pattern.size();) {
    const char c = pattern[i++];
    if (c == '*') {
      if (tokens_.empty() || tokens_.back().kind != Kind::kStar) tokens_.push_back({Kind::kStar});
    } else if (c == '?') {
      tokens_.push_back({Kind::kAny});
    } else if (c == '[') {
      i = add_class(pattern, i);
    } else {
      const bool escapes = c == '\\' && i < pattern.size();
      tokens_.push_back({Kind::kByte, static_cast<uint8_t>(escapes ? pattern[i++] : c)});
    }
  }
}

size_t Glob::add_class(Bytes pattern, size_t position) {
  Class bytes;
  const bool negated = position < pattern.size() && pattern[position] == '^';
  size_t i = negated ? position + 1 : position;
  while (i < pattern.size() && pattern[i] != ']') {
    const size_t left = pattern.size() - i;
    const auto byte = static_cast<uint8_t>(pattern[i]);
    if (byte == '\\' && left >= 2) {
      bytes.set(static_cast<uint8_t>(pattern[i + 1]));
      i += 2;
    } else if (left >= 3 && pattern[i + 1] == '-') {
      const auto [low, high] = std::minmax({byte, static_cast<uint8_t>(pattern[i + 2])});
      for (unsigned in_range = low; in_range <= high; ++in_range) bytes.set(in_range);
      i += 3;
    } else {
      bytes.set(byte);
      i += 1;
    }
  }
  tokens_.push_back({Token::Kind::kClass, 0, classes_.size()});
  classes_.push_back(negated ? ~bytes : bytes);
  return std::min(i + 1, pattern.size());
}

bool Glob::fits(const Token& token, uint8_t byte) const {
  switch (token.kind) {
    case Token::Kind::kByte:
      return token.byte == byte;
    case Token::Kind::kClass:
      return classes_[token.index].test(byte);
    case Token::Kind::kAny:
      return true;
    case Token::Kind::kStar:
      break;
  }
  return false;
}

bool Glob::matches(Bytes name) const {
  constexpr size_t kNone = ~size_t{0};
  size_t token = 0;
  size_t position = 0;
  size_t behind_star = kNone;  // only the last star met needs to be tried again
  size_t star_end = 0;         // what of the name it has taken
  while (position < name.size()) {
    if (token < tokens_.size() && tokens_[token].kind == Token::Kind::kStar) {
      behind_star = ++token;
      star_end = position;
    } else if (token < tokens_.size() &&
               fits(tokens_[token], static_cast<uint8_t>(name[position]))) {
      ++token;
      ++position;
    } else if (behind_star != kNone) {
      token = behind_star;
      position = ++star_end;
    } else {
      return false;
    }
  }
  while (token < tokens_.size() && tokens_[token].kind == Token::Kind::kStar) ++token;
  return token == tokens_.size();
}

}  // namespace rdbproof
