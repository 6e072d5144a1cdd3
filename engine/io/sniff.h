// Tells what a file is by its first bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/base/finding.h"

namespace rdbproof {

enum class Compression : uint8_t { kNone, kZstd, kLz4, kGzip, kVcsLz4, kVcsZstd };

// A stable name: "none" "zstd" "lz4" "gzip" "vcs-lz4" "vcs-zstd".
std::string_view compression_name(Compression compression);

// Valkey's compressed stream ("VCS"): this header, then one frame of the codec that it names.
// Valkey src/compression_stream.h.
inline constexpr size_t kVcsHeaderBytes = 7;

struct Sniffed {
  Compression compression = Compression::kNone;
  // Set: the file has a VCS header, but not one that this build reads.
  std::optional<Finding> refusal;
};

// What begins with `front`. Empty: more bytes are needed to tell, and `complete` does not say that
// there are none (or that the caller will not get more).
std::optional<Sniffed> sniff(Bytes front, bool complete);

}  // namespace rdbproof
