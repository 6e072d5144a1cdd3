// What a server lets us do with its keys.
#pragma once

#include <optional>
#include <string>

#include "engine/live/key_commands.h"
#include "engine/live/live_options.h"
#include "engine/live/server_info.h"

namespace rdbproof {

struct Probe {
  KeyCommands commands;
  // What DUMP answers, of some key that is there; absent if there is none that is small, or DUMP is
  // not to be had.
  std::optional<std::string> sample;
  std::optional<uint64_t> selected;  // the database of the connection
};

// Tries the commands on a small key that is there, if there is one: what we may do with it we may
// do with others.
Async<Probe> probe(ServerConnection& connection, const ServerInfo& info,
                   const LiveOptions& options);

}  // namespace rdbproof
