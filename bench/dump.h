// Makes a whole dump of a profile: blocks by several threads, written in order.
#pragma once

#include <cstdint>

#include "bench/profile.h"
#include "engine/base/result.h"

namespace rdbproof::bench {

struct DumpPlan {
  const Profile* profile = nullptr;
  uint64_t bytes = 0;
  uint64_t seed = 1;
  unsigned version = 10;
  unsigned threads = 1;                // changes the speed only, never the file
  LzfCompressor compressor = nullptr;  // applied to every string that Redis would compress
};

struct DumpCounts {
  uint64_t bytes = 0;
  uint64_t keys = 0;
  uint64_t expiring = 0;
};

// Into a writer at the beginning of its file, header and checksum included.
Result<DumpCounts> write_dump(const DumpPlan& plan, RdbWriter& out);

}  // namespace rdbproof::bench
