// Files for what does not fit into memory.
#pragma once

#include <cstdint>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/result.h"
#include "engine/io/os.h"

namespace rdbproof {

// Where temporary files go: `directory`, or if that is empty $TMPDIR, or else /var/tmp, which
// unlike /tmp is no memory.
std::string temporary_directory(const std::string& directory);

// A file without a name that only we can read, and that goes away with its descriptor.
Result<UniqueFd> open_temporary(const std::string& directory);

// Writes all of `data` at `offset`. Returns 0, or an errno value.
int write_at(int fd, Bytes data, uint64_t offset);

}  // namespace rdbproof
