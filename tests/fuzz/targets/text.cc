// Text that is shown: nothing that a terminal interprets, and every byte comes back.
#include "engine/base/text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {
namespace {

uint8_t hex_digit(char c) {
  FUZZ_CHECK((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'), "no hexadecimal digit");
  return static_cast<uint8_t>(c <= '9' ? c - '0' : c - 'a' + 10);
}

std::string unescape(Bytes text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      plain += text[i];
    } else if (text.substr(i + 1).starts_with('\\')) {
      plain += text[++i];
    } else {
      FUZZ_CHECK(i + 3 < text.size() && text[i + 1] == 'x', "an escape of no known kind");
      plain += static_cast<char>(hex_digit(text[i + 2]) << 4 | hex_digit(text[i + 3]));
      i += 3;
    }
  }
  return plain;
}

std::string from_base64(Bytes text) {
  constexpr Bytes kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  FUZZ_CHECK(text.size() % 4 == 0, "no groups of four");
  std::string plain;
  for (size_t i = 0; i < text.size(); i += 4) {
    uint32_t bits = 0;
    for (size_t j = 0; j < 4; ++j) {
      const size_t digit = text[i + j] == '=' ? 0 : kAlphabet.find(text[i + j]);
      FUZZ_CHECK(digit < 64, "no base64 digit");
      bits = bits << 6 | static_cast<uint32_t>(digit);
    }
    for (const int shift : {16, 8, 0}) plain += static_cast<char>(bits >> shift & 255);
  }
  const auto padding = static_cast<size_t>(std::ranges::count(text, '='));
  FUZZ_CHECK(padding <= 2, "too much padding");
  plain.resize(plain.size() - padding);
  return plain;
}

bool has_control_bytes(Bytes text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<uint8_t>(c) < 32 || c == 127; });
}

void check_escaped(Bytes input) {
  const std::string escaped = escape_for_terminal(input);
  FUZZ_CHECK(!has_control_bytes(escaped), escaped);
  FUZZ_CHECK(is_valid_utf8(escaped), escaped);
  FUZZ_CHECK(unescape(escaped) == input, escaped);
  FUZZ_CHECK(escape_for_terminal(unescape(escaped)) == escaped, escaped);
  constexpr size_t kLongestEscape = 16;  // a character of four bytes
  for (const size_t limit : {size_t{0}, size_t{5}, input.size()}) {
    const std::string cut = escape_for_terminal(input, limit);
    if (cut == escaped) continue;
    FUZZ_CHECK(cut.ends_with("...") && cut.size() < limit + kLongestEscape + 3, cut);
    FUZZ_CHECK(escaped.starts_with(Bytes(cut).substr(0, cut.size() - 3)), cut);
  }
}

void check_json(Bytes input) {
  const bool valid = is_valid_utf8(input);
  // A second opinion, of a reader that takes these bytes for something else.
  const bool plain = std::ranges::none_of(
      input, [](char c) { return static_cast<uint8_t>(c) < 32 || c == '"' || c == '\\'; });
  const std::string raw = '"' + std::string(input) + '"';
  FUZZ_CHECK(!plain || nlohmann::json::accept(raw) == valid, raw);
  if (!valid) return;
  std::string json;
  append_json_string(json, input);
  FUZZ_CHECK(!has_control_bytes(json), json);
  FUZZ_CHECK(nlohmann::json::parse(json).get<std::string>() == input, json);
}

void run(Bytes input) {
  check_escaped(input);
  check_json(input);
  FUZZ_CHECK(from_base64(to_base64(input)) == input, to_base64(input));
  FUZZ_CHECK(to_hex(input).size() == 2 * input.size(), to_hex(input));
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  for_each_string(dump, 200, [&](const std::string& text) { seeds.push_back(text); });
}

const Registration kTarget{{.name = "text", .run = run, .seed = seed, .max_bytes = 512}};

}  // namespace
}  // namespace rdbproof::fuzz
