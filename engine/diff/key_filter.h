// Which keys are wanted: by database, type and name.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/diff/glob.h"
#include "engine/model/event.h"

namespace rdbproof {

// What is empty asks for nothing: all databases, all types, all names.
struct KeyFilterOptions {
  std::vector<uint64_t> databases{};
  // As TYPE answers them. A module's type is named by its own name of nine characters; "module" is
  // all of them.
  std::vector<std::string> types{};
  std::vector<std::string> match{};    // globs, of which one is enough
  std::vector<std::string> exclude{};  // globs, none of which may match
  std::string regex{};                 // RE2; found anywhere in the name
};

// A regular expression sees names that are UTF-8 as characters and all others as bytes, one
// character each (so does it see all names if it is not UTF-8 itself); "." matches every character,
// the end of a line too. const and thread-safe; copies share what was compiled.
class KeyFilter {
 public:
  // An Error names what is no type or no regular expression.
  static Result<KeyFilter> make(const KeyFilterOptions& options);
  KeyFilter() = default;  // wants all

  bool wants_all() const;
  bool wants_database(uint64_t database) const;
  bool wants_name_and_type(const Key& key) const;

 private:
  class Regex;

  bool wants_type(const Key& key) const;
  bool wants_name(Bytes name) const;

  std::vector<uint64_t> databases_;  // ascending
  std::vector<std::string> types_;
  std::vector<Glob> match_;
  std::vector<Glob> exclude_;
  std::shared_ptr<const Regex> regex_;
};

}  // namespace rdbproof
