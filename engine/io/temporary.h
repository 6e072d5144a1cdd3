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

// An error if there are not so many bytes free where `directory` is.
Result<void> expect_free(const std::string& directory, uint64_t bytes);

// A file without a name that only we can read, and that goes away with its descriptor.
Result<UniqueFd> open_temporary(const std::string& directory);

// Writes all of `data` at `offset`. Returns 0, or an errno value.
int write_at(int fd, Bytes data, uint64_t offset);

}  // namespace rdbproof
