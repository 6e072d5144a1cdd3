// What the readers of all shards of a run share. They run on one thread.
#pragma once

#include <string>
#include <vector>

#include "engine/hash/mark_table.h"
#include "engine/io/server_source.h"
#include "engine/live/live_options.h"
#include "engine/live/pace.h"
#include "engine/live/record_queue.h"
#include "engine/rdb/file_context.h"

namespace rdbproof {

struct ReadState {
  ReadState(RecordQueue& out, const LiveOptions& live_options, uint64_t keys)
      : queue(out),
        options(live_options),
        pace(live_options.keys_per_second, live_options.bytes_per_second, live_options.max_latency),
        // Some more may come meanwhile.
        seen(keys + keys / 4 + 1024, live_options.seen_bytes, 0) {}

  RecordQueue& queue;
  const LiveOptions& options;
  FileContext file;  // of what is written to the queue
  Pace pace;
  MarkTable seen;
  bool all_seen = true;  // false once there was no room in it
  ServerFacts facts;
  std::vector<std::string> moved;  // keys of a cluster that went elsewhere meanwhile
  std::optional<Error> stop;       // why all readers are to stop

  void add_unreadable(uint64_t database, const std::string& name, std::string why);
  // Whether the key is new, as far as that is known.
  bool is_new(uint64_t database, const std::string& name);
};

}  // namespace rdbproof
