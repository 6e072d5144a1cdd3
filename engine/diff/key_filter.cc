#include "engine/diff/key_filter.h"

#include <re2/re2.h>

#include <algorithm>

#include "engine/base/text.h"

namespace rdbproof {
namespace {

constexpr int64_t kRegexMemory = 8 * 1024 * 1024;  // of one RE2; beyond it matching is slower
constexpr size_t kMostShown = 100;

RE2::Options regex_options(RE2::Options::Encoding encoding) {
  RE2::Options options;
  options.set_encoding(encoding);
  options.set_max_mem(kRegexMemory);
  options.set_dot_nl(true);
  options.set_never_capture(true);
  options.set_log_errors(false);
  return options;
}

bool is_module_type_name(std::string_view name) {
  constexpr size_t kLength = 9;
  constexpr std::string_view kCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return name.size() == kLength && name.find_first_not_of(kCharacters) == std::string_view::npos;
}

bool is_type_name(std::string_view name) {
  return std::ranges::find(kValueTypeNames, name) != kValueTypeNames.end() ||
         is_module_type_name(name);
}

std::string type_hint() {
  std::string hint = "types are";
  for (const std::string_view name : kValueTypeNames) hint += " " + std::string(name);
  return hint + ", or a module's type name of nine characters";
}

}  // namespace

class KeyFilter::Regex {
 public:
  explicit Regex(const std::string& pattern)
      : bytes_(pattern, regex_options(RE2::Options::EncodingLatin1)) {
    if (is_valid_utf8(pattern))
      characters_ = std::make_unique<RE2>(pattern, regex_options(RE2::Options::EncodingUTF8));
  }

  // Empty if there is none.
  std::string error() const {
    if (characters_ && !characters_->ok()) return characters_->error();
    return bytes_.ok() ? std::string() : bytes_.error();
  }
  bool matches(Bytes name) const {
    const RE2& regex = characters_ && is_valid_utf8(name) ? *characters_ : bytes_;
    const re2::StringPiece text(name.data(), name.size());
    return regex.Match(text, 0, text.size(), RE2::UNANCHORED, nullptr, 0);
  }

 private:
  RE2 bytes_;
  std::unique_ptr<RE2> characters_;
};

Result<KeyFilter> KeyFilter::make(const KeyFilterOptions& options) {
  KeyFilter filter;
  filter.databases_ = options.databases;
  std::ranges::sort(filter.databases_);
  for (const std::string& type : options.types) {
    if (!is_type_name(type))
      return fail("no type is called \"" + escape_for_terminal(type, kMostShown) + '"',
                  type_hint());
    filter.types_.push_back(type);
  }
  for (const std::string& pattern : options.match) filter.match_.emplace_back(pattern);
  for (const std::string& pattern : options.exclude) filter.exclude_.emplace_back(pattern);
  if (options.regex.empty()) return filter;
  const auto regex = std::make_shared<Regex>(options.regex);
  if (const std::string error = regex->error(); !error.empty())
    return fail("the regular expression \"" + escape_for_terminal(options.regex, kMostShown) +
                    "\" cannot be used: " + escape_for_terminal(error, kMostShown),
                "its syntax is that of RE2, without look-around and back references");
  filter.regex_ = regex;
  return filter;
}

bool KeyFilter::wants_all() const {
  return databases_.empty() && types_.empty() && match_.empty() && exclude_.empty() && !regex_;
}

bool KeyFilter::wants_database(uint64_t database) const {
  return databases_.empty() || std::ranges::binary_search(databases_, database);
}

bool KeyFilter::wants_name_and_type(const Key& key) const {
  return wants_type(key) && wants_name(key.name);
}

bool KeyFilter::wants_type(const Key& key) const {
  return types_.empty() || std::ranges::any_of(types_, [&](const std::string& type) {
           return type == key.type_name() || type == name_of(key.type);
         });
}

bool KeyFilter::wants_name(Bytes name) const {
  const auto matches = [name](const Glob& glob) { return glob.matches(name); };
  if (!match_.empty() && std::ranges::none_of(match_, matches)) return false;
  if (std::ranges::any_of(exclude_, matches)) return false;
  return !regex_ || regex_->matches(name);
}

}  // namespace rdbproof
