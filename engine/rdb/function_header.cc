#include "engine/rdb/function_header.h"

#include <algorithm>
#include <optional>

namespace rdbproof {
namespace {

// All that follows is about ASCII, whatever the locale.
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool starts_with_ignoring_case(Bytes text, Bytes lower_case) {
  return text.size() >= lower_case.size() &&
         std::equal(lower_case.begin(), lower_case.end(), text.begin(),
                    [](char a, char b) { return a == lower(b); });
}

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char unescape(char c) {
  constexpr Bytes kLetters = "nrtba";
  constexpr Bytes kMeanings = "\n\r\t\b\a";
  const size_t i = kLetters.find(c);
  return i == Bytes::npos ? c : kMeanings[i];
}

// Splits a line as servers split those of their configuration: at blanks, but not within quotes,
// which must end a word. Redis src/sds.c, sdssplitargs. The line holds no zero byte.
class WordSplitter {
 public:
  explicit WordSplitter(Bytes line) : rest_(line) {}

  // Whether there is one more word, and then that word.
  bool next(std::string& word) {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
    if (rest_.empty()) return false;
    word.clear();
    is_broken_ = !take_word(word);
    return !is_broken_;
  }
  // Whether a quote was not closed, or not at the end of its word; then there is no next one.
  bool is_broken() const { return is_broken_; }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  bool take_word(std::string& word) {
    constexpr Bytes kEnds = " \n\r\t";
    while (!rest_.empty()) {
      const char c = take();
      if (kEnds.find(c) != Bytes::npos) return true;
      if (c == '"' || c == '\'') return take_quoted(c, word);
      word += c;
    }
    return true;
  }

  bool take_quoted(char quote, std::string& word) {
    while (!rest_.empty()) {
      const char c = take();
      if (c == quote) return rest_.empty() || is_space(rest_.front());
      if (c == '\\' && !rest_.empty() && (quote == '"' || rest_.front() == quote)) {
        take_escaped(quote, word);
      } else {
        word += c;
      }
    }
    return false;
  }

  void take_escaped(char quote, std::string& word) {
    if (quote == '"' && rest_.size() >= 3 && rest_[0] == 'x') {
      const int high = hex_digit(rest_[1]);
      const int low = hex_digit(rest_[2]);
      if (high >= 0 && low >= 0) {
        rest_.remove_prefix(3);
        word += static_cast<char>(high * 16 + low);
        return;
      }
    }
    const char c = take();
    word += quote == '"' ? unescape(c) : c;
  }

  Bytes rest_;
  bool is_broken_ = false;
};

bool is_library_name(Bytes name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// The first line; nothing if it does not end. Servers look for the end as in a C string.
std::optional<Bytes> first_line(Bytes source) {
  const size_t end = source.find_first_of(Bytes("\n\0", 2));
  if (end == Bytes::npos || source[end] != '\n') return std::nullopt;
  return source.substr(0, end);
}

}  // namespace

FunctionHeader parse_function_header(Bytes source) {
  constexpr Bytes kMagic = "#!";
  constexpr Bytes kName = "name=";
  constexpr size_t kLongestLine = size_t{1} << 20;  // servers have no limit
  FunctionHeader header;
  const auto refuse = [&](const char* problem) {
    header.problem = problem;
    return header;
  };
  if (!source.starts_with(kMagic)) return refuse("it does not begin with #!");
  const std::optional<Bytes> line = first_line(source);
  if (!line) return refuse("its first line does not end");
  if (line->size() > kLongestLine) return refuse("its first line is longer than 1 MiB");
  WordSplitter words(*line);
  std::string word;
  if (words.next(word)) header.engine = word.substr(kMagic.size());
  bool has_name = false;
  while (words.next(word)) {
    if (!starts_with_ignoring_case(word, kName))
      return refuse("its first line holds more than a name");
    if (has_name) return refuse("it has two names");
    has_name = true;
    header.name = word.substr(kName.size());
  }
  if (words.is_broken()) return refuse("quotes in its first line do not match");
  if (!has_name) return refuse("it has no name");
  if (!is_library_name(header.name)) {
    return refuse("its name is not made of letters, digits and underscores");
  }
  return header;
}

bool is_known_engine(Bytes engine, Dialect dialect) {
  if (dialect == Dialect::kValkey) return !engine.empty();
  constexpr Bytes kLua = "lua";
  return engine.size() == kLua.size() && starts_with_ignoring_case(engine, kLua);
}

}  // namespace rdbproof
