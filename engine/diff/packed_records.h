// Key records for a temporary file.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/verify/key_records.h"

namespace rdbproof {

// Column by column, so that LZ4 finds what repeats; hashes do not.
std::string pack_records(std::span<const KeyRecord> records);
// Of `count` records. An error if the bytes are not what pack_records() made: the file was changed.
Result<void> unpack_records(Bytes packed, size_t count, std::vector<KeyRecord>& records);

}  // namespace rdbproof
