// What a server is asked about a key, and what its answers mean.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/io/server_source.h"
#include "engine/rdb/file_context.h"
#include "engine/resp/command.h"
#include "engine/resp/reply.h"

namespace rdbproof {

// Whether the slot of the key is, for now, not this server's.
bool is_redirection(const Reply& reply);
// Whether the server does not know the command, or does not let us use it.
bool is_unavailable(const Reply& reply);

// The commands that one server knows, and lets us use.
struct KeyCommands {
  bool has_dump = true;
  bool has_pexpiretime = true;  // since Redis 7.0
  bool has_memory_usage = true;

  // The server's clock, for servers that say in how long a key expires.
  int64_t now_ms = 0;

  Command expiry(const std::string& name) const;
  // Absent: the key is gone. In it: when it expires; absent if it does not.
  std::optional<std::optional<int64_t>> expiry_of(const Reply& reply) const;

  // Expiry and value of a key: two commands.
  void ask(const std::string& name, std::vector<Command>& commands) const;

  struct Answer {
    FoundKey key;
    const Reply* refused = nullptr;  // the one of both replies that is an error
    Command refused_command{};
  };
  // `file` is that of the record that is made.
  Answer read(const std::string& name, const Reply& expiry, const Reply& value,
              const FileContext& file) const;
};

// What MEMORY USAGE answered, in bytes; absent where it did not say.
std::optional<uint64_t> size_of(const Reply& usage);

// The record of a key whose value was read by type.
FoundKey make_record(const FileContext& file, const std::string& name,
                     std::optional<int64_t> expire_at_ms, Bytes body);

}  // namespace rdbproof
