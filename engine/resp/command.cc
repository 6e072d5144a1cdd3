#include "engine/resp/command.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace rdbproof {
namespace {

struct Allowed {
  std::string_view name;
  std::string_view subcommand{};  // empty: of any, or none
  Permission permission = Permission::kNone;
};

constexpr auto kAllowed = std::to_array<Allowed>({
    // for each key
    {"DUMP"},
    {"PEXPIRETIME"},
    {"PTTL"},
    {"MEMORY", "USAGE"},
    {"TYPE"},
    // to be let in, and to be known
    {"AUTH"},
    {"SELECT"},
    {"PING"},
    {"READONLY"},
    {"CLIENT", "SETNAME"},
    {"CLIENT", "NO-TOUCH"},
    {"CLIENT", "NO-EVICT"},
    // about the server
    {"INFO"},
    {"TIME"},
    {"CLUSTER", "SLOTS"},
    {"CLUSTER", "NODES"},
    {"SENTINEL", "GET-MASTER-ADDR-BY-NAME"},
    {"SENTINEL", "REPLICAS"},
    {"FUNCTION", "DUMP"},
    // keys
    {"SCAN"},
    {"EXISTS"},
    // values
    {"STRLEN"},
    {"GET"},
    {"GETRANGE"},
    {"LLEN"},
    {"LRANGE"},
    {"SCARD"},
    {"SSCAN"},
    {"HLEN"},
    {"HSCAN"},
    {"HPEXPIRETIME"},
    {"ZCARD"},
    {"ZSCAN"},
    {"XLEN"},
    {"XRANGE"},
    {"XINFO", "STREAM"},
    {"XINFO", "GROUPS"},
    {"XINFO", "CONSUMERS"},
    {"XPENDING"},
    // as a replica
    {"REPLCONF", {}, Permission::kFork},
    {"PSYNC", {}, Permission::kFork},
});

const Allowed* find(std::span<const std::string_view> command) {
  const auto found = std::ranges::find_if(kAllowed, [&](const Allowed& allowed) {
    if (command.empty() || command[0] != allowed.name) return false;
    return allowed.subcommand.empty() || (command.size() > 1 && command[1] == allowed.subcommand);
  });
  return found == kAllowed.end() ? nullptr : &*found;
}

}  // namespace

Result<void> append_command(std::string& out, std::span<const std::string_view> command,
                            Permission permission) {
  const Allowed* const allowed = find(command);
  if (allowed == nullptr ||
      (allowed->permission != Permission::kNone && allowed->permission != permission)) {
    const std::string name(command.empty() ? "" : command[0]);
    return fail("the command " + name + " must not be sent to a server: please report this");
  }
  out += '*' + std::to_string(command.size()) + "\r\n";
  for (const std::string_view word : command) {
    out += '$' + std::to_string(word.size()) + "\r\n";
    out += word;
    out += "\r\n";
  }
  return {};
}

Result<void> append_command(std::string& out, const Command& command, Permission permission) {
  const std::vector<std::string_view> words(command.begin(), command.end());
  return append_command(out, words, permission);
}

std::string acl_name(const Command& command) {
  const std::vector<std::string_view> words(command.begin(), command.end());
  const Allowed* const allowed = find(words);
  std::string name = command.empty() ? "" : command[0];
  if (allowed != nullptr && !allowed->subcommand.empty()) name += "|" + command[1];
  std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
  return name;
}

}  // namespace rdbproof
