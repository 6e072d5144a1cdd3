// What a verdict of OK would have to hide: the parts of a source that were not checked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/verify/verify.h"

namespace rdbproof {

struct NotChecked {
  Code code;
  uint64_t count;
  std::string sentence;
};

// Empty if every byte is vouched for by a checksum and nothing was opaque or skipped.
std::vector<NotChecked> not_checked(const SourceReport& source);

}  // namespace rdbproof
