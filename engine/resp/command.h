// The commands that we ever send to a server. None of them changes anything there.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/result.h"

namespace rdbproof {

using Command = std::vector<std::string>;

// g++ 12 cannot make one from a list in braces inside of a coroutine.
template <class... Words>
Command make_command(const Words&... words) {
  Command command;
  command.reserve(sizeof...(words));
  (command.emplace_back(words), ...);
  return command;
}

// What must be asked for by the user.
enum class Permission : uint8_t {
  kNone,
  kFork,  // makes the server fork and write its whole data set
};

// Appends `command`, its first words in upper case, to `out` as bytes for a server: the one place
// where such bytes are made. An error, which is a bug of the caller, for any command that is not on
// the list, or needs a permission that was not given.
Result<void> append_command(std::string& out, std::span<const std::string_view> command,
                            Permission permission = Permission::kNone);
Result<void> append_command(std::string& out, const Command& command,
                            Permission permission = Permission::kNone);

// "dump", "client|setname": the name by which access rules know it.
std::string acl_name(const Command& command);

}  // namespace rdbproof
