// Reads JSON that anybody may have written. What is not as expected is remembered, the first such
// place, and reading goes on with zeros and empty texts, so that it is tested once at the end.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace rdbproof {

// "sources[3].bytes: expected a number".
using JsonFailure = std::optional<std::string>;

class JsonCursor {
 public:
  using Json = nlohmann::ordered_json;

  // All must outlive the cursor and those that come from it.
  JsonCursor(const Json& value, std::string path, JsonFailure& failure)
      : value_(&value), path_(std::move(path)), failure_(&failure) {}

  void reject(const std::string& expected) const {
    if (!*failure_) *failure_ = (path_.empty() ? "top level" : path_) + ": expected " + expected;
  }

  JsonCursor member(const std::string& name) const {
    const JsonCursor absent(nothing(), path_.empty() ? name : path_ + "." + name, *failure_);
    if (!value_->is_object()) {
      reject("an object");
      return absent;
    }
    const auto found = value_->find(name);
    return found == value_->end() ? absent : JsonCursor(*found, absent.path_, *failure_);
  }

  uint64_t number() const {
    if (value_->is_number_unsigned()) return value_->get<uint64_t>();
    reject("a number");
    return 0;
  }

  std::string text() const {
    if (value_->is_string()) return value_->get<std::string>();
    reject("text");
    return {};
  }

  // `size` bytes as hexadecimal text; empty if it is not.
  std::string hex(size_t size) const;

  template <class Visit>
  void each(const Visit& visit) const {
    if (!value_->is_array()) return reject("an array");
    for (size_t i = 0; i < value_->size() && !*failure_; ++i) {
      visit(JsonCursor((*value_)[i], path_ + "[" + std::to_string(i) + "]", *failure_));
    }
  }

  template <class Visit>
  void each_member(const Visit& visit) const {
    if (!value_->is_object()) return reject("an object");
    for (auto one = value_->begin(); one != value_->end() && !*failure_; ++one) {
      visit(one.key(), JsonCursor(one.value(), path_ + ".*", *failure_));
    }
  }

  const Json& value() const { return *value_; }

 private:
  static const Json& nothing() {
    static const Json null;
    return null;
  }

  const Json* value_;
  std::string path_;
  JsonFailure* failure_;
};

}  // namespace rdbproof
