#include "engine/live/key_commands.h"

#include "engine/rdb/dump_payload.h"
#include "engine/rdb/prologue.h"

namespace rdbproof {

bool is_redirection(const Reply& reply) {
  return reply.is_error("MOVED") || reply.is_error("ASK") || reply.is_error("TRYAGAIN") ||
         reply.is_error("CLUSTERDOWN");
}

bool is_unavailable(const Reply& reply) {
  return reply.is_error("NOPERM") ||
         (reply.is_error("ERR") && reply.text.find("unknown") != std::string::npos);
}

std::optional<uint64_t> size_of(const Reply& usage) {
  if (usage.kind != Reply::Kind::kInteger || usage.integer < 0) return std::nullopt;
  return static_cast<uint64_t>(usage.integer);
}

FoundKey make_record(const FileContext& file, const std::string& name,
                     std::optional<int64_t> expire_at_ms, Bytes body) {
  FoundKey found{FoundKey::Kind::kRecord};
  if (append_key_record(found.text, file, name, expire_at_ms, body)) return found;
  return {FoundKey::Kind::kUnreadable, "its value is of a kind that this build cannot read"};
}

Command KeyCommands::expiry(const std::string& name) const {
  return make_command(has_pexpiretime ? "PEXPIRETIME" : "PTTL", name);
}

std::optional<std::optional<int64_t>> KeyCommands::expiry_of(const Reply& reply) const {
  if (reply.kind != Reply::Kind::kInteger || reply.integer == -2) return std::nullopt;
  if (reply.integer == -1) return std::optional<int64_t>();
  if (has_pexpiretime) return std::optional<int64_t>(reply.integer);
  int64_t at = 0;
  if (__builtin_add_overflow(now_ms, reply.integer, &at)) at = INT64_MAX;
  return std::optional<int64_t>(at);
}

void KeyCommands::ask(const std::string& name, std::vector<Command>& commands) const {
  commands.push_back(expiry(name));
  commands.push_back(make_command("DUMP", name));
}

KeyCommands::Answer KeyCommands::read(const std::string& name, const Reply& expiry_reply,
                                      const Reply& value, const FileContext& file) const {
  using enum FoundKey::Kind;
  if (is_redirection(expiry_reply) || is_redirection(value)) return {{kMoved}};
  if (expiry_reply.is_error()) return {{}, &expiry_reply, expiry(name)};
  if (value.is_error()) return {{}, &value, make_command("DUMP", name)};
  const auto expire_at_ms = expiry_of(expiry_reply);
  if (!expire_at_ms || value.is_null()) return {{kGone}};
  const auto payload = read_dump_payload(value.text);
  if (!payload || !payload->checksum_matches) {
    return {{kUnreadable, "what DUMP answered is damaged"}};
  }
  if (!is_known_version(payload->version)) {
    return {{kUnreadable, "what DUMP answered has a version that this build does not read"}};
  }
  return {make_record(file, name, *expire_at_ms, payload->body)};
}

}  // namespace rdbproof
