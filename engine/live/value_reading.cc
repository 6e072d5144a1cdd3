#include "engine/live/value_reading.h"

namespace rdbproof {
namespace {

// The key, or a group of it, is not there any more, or it is another one.
bool says_changed(const Reply& reply) {
  return reply.is_error("WRONGTYPE") || reply.is_error("NOGROUP") ||
         reply.text.find("no such key") != std::string::npos;
}

}  // namespace

tl::unexpected<Error> ValueReading::changed() {
  has_changed_ = true;
  return fail("changed");
}

tl::unexpected<Error> ValueReading::strange(const std::string& command) const {
  return fail(connection_.endpoint().text() + ": the server's answer to " + command +
              " is none that servers give");
}

Result<void> ValueReading::hold(uint64_t bytes) {
  held_ += bytes;
  if (held_ <= options_.max_bytes) return {};
  return fail(connection_.endpoint().text() + ": a value of more than " +
              std::to_string(options_.max_bytes) + " bytes");
}

Async<Reply> ValueReading::ask(Command command, Reply::Kind kind) {
  const Command copy = make_command(command.front(), command.size() > 1 ? command[1] : "");
  Result<Reply> reply = co_await connection_.ask(std::move(command));
  if (!reply) co_return tl::unexpected(reply.error());
  if (reply->is_error()) {
    if (says_changed(*reply)) co_return changed();
    refusal_ = std::move(*reply);
    co_return tl::unexpected(
        explain_error(*refusal_, copy, connection_.endpoint(), connection_.options().user));
  }
  if (reply->kind != kind) co_return strange(copy.front());
  co_return reply;
}

Async<uint64_t> ValueReading::ask_count(Command command) {
  const std::string name = command.front();
  const Result<Reply> reply = co_await ask(std::move(command), Reply::Kind::kInteger);
  if (!reply) co_return tl::unexpected(reply.error());
  if (reply->integer < 0) co_return strange(name);
  co_return static_cast<uint64_t>(reply->integer);
}

uint64_t text_bytes(const Reply& reply) {
  uint64_t bytes = reply.text.size();
  for (const Reply& item : reply.items) bytes += text_bytes(item);
  return bytes;
}

}  // namespace rdbproof
