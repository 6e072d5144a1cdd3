// What a server does where a file has a finding.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/base/finding.h"
#include "engine/target/release.h"

namespace rdbproof {

enum class Effect : uint8_t {
  kNone,     // it changes nothing about loading
  kIgnores,  // something is wrong, and the server does not look at it
  kDepends,  // on configuration that the target does not name
  kUnknown,
  kRefuses,
  kAborts,
};

std::string_view effect_name(Effect effect);

// Under default settings, that is without sanitize-dump-payload. Only what is certain: of most
// damage inside values it is not known whether a server notices while it loads.
Effect effect_of(Code code, const Release& release);

}  // namespace rdbproof
