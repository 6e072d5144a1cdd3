// A server, or a whole cluster, as a source.
#pragma once

#include <memory>
#include <string>

#include "engine/io/server_source.h"
#include "engine/live/live_options.h"
#include "engine/resp/address.h"

namespace rdbproof {

// Connects to nothing yet.
std::unique_ptr<ServerSource> make_live_source(ServerAddress address, LiveOptions options);

}  // namespace rdbproof
