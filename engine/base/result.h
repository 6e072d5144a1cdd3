// Result<T>: what a function returns that can fail to do its job (files, memory, network).
// Damage in the input is not an Error: it is a Finding (base/finding.h).
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace rdbproof {

// One line for people, and what they can do about it (may be empty).
struct Error {
  std::string message;
  std::string hint;
};

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

inline tl::unexpected<Error> fail(std::string message, std::string hint = {}) {
  return tl::unexpected<Error>(Error{std::move(message), std::move(hint)});
}

}  // namespace rdbproof

// TRY(declaration, expression): declares the value of a Result, or returns its error.
#define RDBPROOF_CONCAT2(a, b) a##b
#define RDBPROOF_CONCAT(a, b) RDBPROOF_CONCAT2(a, b)
#define RDBPROOF_TRY_IMPL(temporary, declaration, expression)          \
  auto temporary = (expression);                                       \
  if (!temporary) return tl::unexpected(std::move(temporary).error()); \
  declaration = std::move(*temporary)
// TRY_VOID(expression): returns the error of a Result<void>, if it is one.
#define TRY_VOID(expression) \
  if (auto result = (expression); !result) return tl::unexpected(std::move(result).error())
#define TRY(declaration, expression) \
  RDBPROOF_TRY_IMPL(RDBPROOF_CONCAT(try_result_, __COUNTER__), declaration, expression)
