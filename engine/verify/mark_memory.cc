#include "engine/verify/mark_memory.h"

#include <algorithm>

#include "engine/io/scratch_file.h"

namespace rdbproof {
namespace {

// A stream holds what it reads, too.
constexpr uint64_t kMostForStream = uint64_t{96} << 20;

uint64_t bytes_for(const VerifyOptions& options, bool is_stream) {
  const uint64_t allowed = options.limits.max_index_bytes;
  return is_stream ? std::min(allowed, kMostForStream) : allowed;
}

OpenScratch scratch_in(const std::string& directory) {
  return [directory] { return ScratchFile::create(directory); };
}

}  // namespace

MarkMemory::MarkMemory(const VerifyOptions& options, bool is_stream)
    : budget_(bytes_for(options, is_stream) / 4 * 3),
      storage_{budget_, scratch_in(options.temp_dir),
               bytes_for(options, is_stream) / 4 / options.threads} {}

}  // namespace rdbproof
