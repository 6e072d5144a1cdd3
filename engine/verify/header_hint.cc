#include "engine/verify/header_hint.h"

#include <string>

#include "engine/hash/crc64.h"
#include "engine/rdb/prologue.h"

namespace rdbproof {
namespace {

std::string header(uint32_t version) {
  std::string digits = std::to_string(version);
  digits.insert(0, 4 - digits.size(), '0');
  return "REDIS" + digits;
}

}  // namespace

// The checksum is linear: that of another beginning differs by what the difference alone gives.
std::optional<uint32_t> version_for_checksum(const FileContext& file, uint64_t computed,
                                             uint64_t bytes, uint64_t stored) {
  constexpr uint32_t kNewest = 99;
  if (file.valkey_magic || bytes < kHeaderBytes || stored == 0) return std::nullopt;
  const uint64_t stated = crc64(0, header(file.version));
  for (uint32_t version = kFirstVersionWithChecksum; version <= kNewest; ++version) {
    const uint64_t difference = stated ^ crc64(0, header(version));
    if ((computed ^ crc64_combine(difference, 0, bytes - kHeaderBytes)) == stored) return version;
  }
  return std::nullopt;
}

}  // namespace rdbproof
