// Whether the version in the header is what is damaged.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/rdb/file_context.h"

namespace rdbproof {

// The version that the header must name for the checksum to be `stored`, where it is `computed`
// over `bytes` bytes as they are. Nothing if the damage is elsewhere, too.
std::optional<uint32_t> version_for_checksum(const FileContext& file, uint64_t computed,
                                             uint64_t bytes, uint64_t stored);

}  // namespace rdbproof
