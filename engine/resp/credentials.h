// Passwords: where they come from, and how they are kept from being seen.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace rdbproof {

// Text that is wiped when nobody needs it any more. It has no way to be printed.
class Secret {
 public:
  explicit Secret(std::string text) : text_(std::move(text)) {}
  ~Secret();
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  std::string_view reveal() const { return text_; }

 private:
  std::string text_;
};

using SharedSecret = std::shared_ptr<const Secret>;

struct CredentialOptions {
  std::string pass_file;  // empty: none
  bool ask = false;       // at the terminal
};

// From the file, else the terminal, else the environment's REDISCLI_AUTH, else null. A file that
// others than its owner may read is refused.
Result<SharedSecret> find_password(const CredentialOptions& options);

}  // namespace rdbproof
