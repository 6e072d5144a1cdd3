// A value of a server by the commands of its type, for servers whose DUMP is of no use, and for
// values too large for one reply.
#pragma once

#include <cstdint>
#include <string>

#include "engine/io/server_source.h"
#include "engine/resp/connection.h"

namespace rdbproof {

struct TypedOptions {
  uint64_t page_elements = 1000;
  // Of strings; of others about as much, unless a single element is larger.
  uint64_t page_bytes = uint64_t{4} << 20;
  uint64_t max_bytes = uint64_t{16} << 30;  // of a value
  bool has_field_expiry = false;            // HPEXPIRETIME: Redis 7.4, Valkey 9.0
  bool is_valkey_format = false;            // fields that expire as type 22, else as type 24
};

// The value of `key` as the body of a DUMP (see dump_payload.h), unpacked, in the place of the
// record. `type` is what TYPE answered. No reply is larger than a page. Values of types that have
// no such commands, and those that change whenever they are read, are unreadable. An error: the
// connection was lost, or the server refuses this and will refuse others (BUSY, NOPERM).
Async<FoundKey> read_typed(ServerConnection& connection, const std::string& key,
                           const std::string& type, const TypedOptions& options);

}  // namespace rdbproof
