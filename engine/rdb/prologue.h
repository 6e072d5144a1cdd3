// The beginning of a file: magic, version, and what its first records settle for the rest.
#pragma once

#include "engine/base/bytes.h"
#include "engine/base/finding.h"
#include "engine/rdb/file_context.h"

namespace rdbproof {

inline constexpr uint64_t kHeaderBytes = 9;  // REDIS and four digits, or VALKEY and three

// The newest versions that this build knows: Redis 8.10, Valkey 9.2.
inline constexpr uint16_t kNewestRedisVersion = 15;
inline constexpr uint16_t kOldestValkeyVersion = 80;
inline constexpr uint16_t kNewestValkeyVersion = 81;

constexpr bool is_known_version(uint16_t version) {
  return version <= kNewestRedisVersion ||
         (version >= kOldestValkeyVersion && version <= kNewestValkeyVersion);
}

enum class PrologueState : uint8_t {
  kRead,      // `file` is complete
  kNeedMore,  // the window ends within the prologue
  kFailed     // `finding` says why; nothing after the header can be read
};

struct Prologue {
  PrologueState state = PrologueState::kFailed;
  FileContext file{};
  Finding finding{};
};

// Reads from the front of the source. `is_whole` says that `window` is all there is.
// Dialects are told by magic, then by the names of the AUX records before the first key
// (docs/dialects.md), templates of hashes are collected (Redis 8.10).
Prologue read_prologue(Bytes window, bool is_whole, const Limits& limits);

}  // namespace rdbproof
