// Reads a server's snapshot as a replica does.
#pragma once

#include "engine/live/live_options.h"
#include "engine/live/record_queue.h"

namespace rdbproof {

// PSYNC: the server forks, writes a snapshot, and sends it, which goes to the queue as it comes.
// What follows it is not read.
Async<void> read_as_replica(const Endpoint& endpoint, const LiveOptions& options,
                            boost::asio::any_io_executor executor, boost::asio::ssl::context* tls,
                            RecordQueue& queue);

}  // namespace rdbproof
