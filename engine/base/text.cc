#include "engine/base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace rdbproof {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

struct Decoded {
  uint32_t code_point = 0;
  size_t length = 0;  // 0: not valid UTF-8
};

bool is_continuation(char c) {
  return (static_cast<uint8_t>(c) & 0xC0) == 0x80;
}

// The character at the front of `data`, which is not empty. Overlong forms, surrogates and code
// points above U+10FFFF are not valid.
Decoded decode_utf8(Bytes data) {
  const auto first = static_cast<uint8_t>(data[0]);
  if (first < 0x80) return {first, 1};
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || data.size() < length) return {};
  uint32_t code_point = first & (0x7Fu >> length);
  for (size_t i = 1; i < length; ++i) {
    if (!is_continuation(data[i])) return {};
    code_point = code_point << 6 | (static_cast<uint8_t>(data[i]) & 0x3Fu);
  }
  const uint32_t minimum = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80;
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (code_point < minimum || code_point > 0x10FFFF || surrogate) return {};
  return {code_point, length};
}

// Characters that move the cursor, hide, reorder or end text.
bool is_unsafe(uint32_t c) {
  if (c < 0x20 || (c >= 0x7F && c <= 0x9F)) return true;
  if (c == '\\' || c == 0xAD || c == 0x61C || c == 0xFEFF) return true;
  if (c >= 0x200B && c <= 0x200F) return true;
  if (c >= 0x2028 && c <= 0x202E) return true;
  if (c >= 0x2060 && c <= 0x206F) return true;
  return c >= 0xE0000 && c <= 0xE0FFF;
}

void append_hex_escape(std::string& out, char c) {
  const auto byte = static_cast<uint8_t>(c);
  out += "\\x";
  out += kHexDigits[byte >> 4];
  out += kHexDigits[byte & 15];
}

void append_utf16_escape(std::string& out, uint32_t unit) {
  out += "\\u";
  for (int shift = 12; shift >= 0; shift -= 4) out += kHexDigits[unit >> shift & 15];
}

void append_json_escape(std::string& out, uint32_t code_point) {
  if (code_point < 0x10000) return append_utf16_escape(out, code_point);
  const uint32_t rest = code_point - 0x10000;
  append_utf16_escape(out, 0xD800 + (rest >> 10));
  append_utf16_escape(out, 0xDC00 + (rest & 0x3FF));
}

}  // namespace

std::string to_hex(Bytes data) {
  std::string out;
  out.reserve(data.size() * 2);
  for (const char c : data) {
    out += kHexDigits[static_cast<uint8_t>(c) >> 4];
    out += kHexDigits[static_cast<uint8_t>(c) & 15];
  }
  return out;
}

bool is_valid_utf8(Bytes data) {
  while (!data.empty()) {
    const Decoded decoded = decode_utf8(data);
    if (decoded.length == 0) return false;
    data.remove_prefix(decoded.length);
  }
  return true;
}

std::string escape_for_terminal(Bytes data, size_t max_length) {
  std::string out;
  while (!data.empty()) {
    if (out.size() >= max_length) return out + "...";
    const Decoded decoded = decode_utf8(data);
    const size_t length = decoded.length == 0 ? 1 : decoded.length;
    if (data[0] == '\\') {
      out += "\\\\";
    } else if (decoded.length == 0 || is_unsafe(decoded.code_point)) {
      for (const char c : data.substr(0, length)) append_hex_escape(out, c);
    } else {
      out += data.substr(0, length);
    }
    data.remove_prefix(length);
  }
  return out;
}

namespace {
constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
}  // namespace

std::string to_base64(Bytes data) {
  std::string out;
  out.reserve((data.size() + 2) / 3 * 4);
  while (!data.empty()) {
    const Bytes group = data.substr(0, 3);
    uint32_t bits = 0;
    for (size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (i < group.size() ? static_cast<uint8_t>(group[i]) : 0u);
    }
    for (size_t i = 0; i < 4; ++i) {
      out += i <= group.size() ? kAlphabet[bits >> (18 - 6 * i) & 63] : '=';
    }
    data.remove_prefix(group.size());
  }
  return out;
}

std::optional<std::string> from_base64(Bytes text) {
  std::string out;
  for (Bytes rest = text; !rest.empty(); rest.remove_prefix(4)) {
    if (rest.size() < 4) return std::nullopt;
    uint32_t bits = 0;
    for (size_t i = 0; i < 4; ++i) {
      const size_t digit = rest[i] == '=' ? 0 : kAlphabet.find(rest[i]);
      if (digit == kAlphabet.npos) return std::nullopt;
      bits = bits << 6 | static_cast<uint32_t>(digit);
    }
    for (size_t i = 0; i < 3 && rest[i + 1] != '='; ++i) {
      out += static_cast<char>(bits >> (16 - 8 * i) & 255);
    }
  }
  if (to_base64(out) != text) return std::nullopt;
  return out;
}

void append_json_string(std::string& out, Bytes data) {
  out += '"';
  while (!data.empty()) {
    const Decoded decoded = decode_utf8(data);
    if (data[0] == '"' || data[0] == '\\') {
      out += '\\';
      out += data[0];
    } else if (is_unsafe(decoded.code_point)) {
      append_json_escape(out, decoded.code_point);
    } else {
      out += data.substr(0, decoded.length);
    }
    data.remove_prefix(std::max<size_t>(decoded.length, 1));
  }
  out += '"';
}

std::string escape_json_text(Bytes json) {
  std::string out;
  while (!json.empty()) {
    const Decoded decoded = decode_utf8(json);
    if (decoded.code_point >= 0x7F && is_unsafe(decoded.code_point)) {
      append_json_escape(out, decoded.code_point);
    } else {
      out += json.substr(0, decoded.length);
    }
    json.remove_prefix(std::max<size_t>(decoded.length, 1));
  }
  return out;
}

}  // namespace rdbproof
