// What the readers of all shards of a run share. They run on one thread.
#pragma once

#include <algorithm>
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
        // More may come meanwhile, and INFO need not have told of all.
        seen(2 * std::min(keys, kMostKeys) + (uint64_t{1} << 20), live_options.seen_bytes, 0) {}

  RecordQueue& queue;
  const LiveOptions& options;
  FileContext file;  // of what is written to the queue
  Pace pace;
  MarkTable seen;  // keys beyond its room are taken for new ones
  ServerFacts facts;
  // Keys of a cluster that were not where SCAN gave them; replicas do not say why.
  std::vector<ServerSource::AskedKey> moved;
  bool moved_is_full = false;  // there are more
  std::optional<Error> stop;   // why all readers are to stop

  void add_moved(uint64_t database, const std::string& name);
  void add_unreadable(uint64_t database, const std::string& name, std::string why);
  // Whether the key is new, as far as that is known.
  bool is_new(uint64_t database, const std::string& name);

 private:
  static constexpr uint64_t kMostKeys = uint64_t{1} << 40;

  uint64_t moved_bytes_ = 0;
};

}  // namespace rdbproof
