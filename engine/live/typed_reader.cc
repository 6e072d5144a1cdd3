#include "engine/live/typed_reader.h"

#include "engine/base/text.h"
#include "engine/live/key_commands.h"
#include "engine/live/value_reading.h"

namespace rdbproof {
namespace {

constexpr unsigned kAttempts = 4;
constexpr size_t kMostShown = 80;
constexpr const char* kNoReader =
    " cannot be read by commands: only DUMP (a larger --max-value) or --read-method sync has them "
    "whole";

using PageReader = Async<std::string> (*)(ValueReading&);

PageReader reader_of(const std::string& type) {
  if (type == "string") return read_string_pages;
  if (type == "list") return read_list_pages;
  if (type == "set") return read_set_pages;
  if (type == "zset") return read_zset_pages;
  if (type == "hash") return read_hash_pages;
  if (type == "stream") return read_stream_pages;
  return nullptr;
}

std::string shown(const ServerConnection& connection, const std::string& key) {
  return connection.endpoint().text() + ": key '" + escape_for_terminal(key, kMostShown) + "': ";
}

// Whether the server will say the same of other keys.
bool is_about_all(const Reply& refusal) {
  return !refusal.is_error("ERR");
}

FoundKey unreadable(const ServerConnection& connection, const std::string& key, std::string why) {
  return {FoundKey::Kind::kUnreadable, shown(connection, key) + std::move(why)};
}

}  // namespace

Async<FoundKey> read_typed(ServerConnection& connection, const std::string& key,
                           const std::string& type, const TypedOptions& options) {
  std::string current = type;
  for (unsigned attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt != 0) {
      Result<Reply> answer = co_await connection.call(make_command("TYPE", key));
      if (!answer) co_return tl::unexpected(answer.error());
      current = std::move(answer->text);
    }
    if (current == "none") co_return FoundKey{FoundKey::Kind::kGone};
    const PageReader reader = reader_of(current);
    if (reader == nullptr) {
      co_return unreadable(
          connection, key,
          "values of type " + escape_for_terminal(current, kMostShown) + kNoReader);
    }
    ValueReading reading(connection, key, options);
    Result<std::string> body = co_await reader(reading);
    if (body) co_return FoundKey{FoundKey::Kind::kRecord, std::move(*body)};
    if (reading.has_changed()) continue;
    const std::optional<Reply>& refusal = reading.refusal();
    if (refusal && is_redirection(*refusal)) co_return FoundKey{FoundKey::Kind::kMoved};
    if (!connection.is_open() || (refusal && is_about_all(*refusal))) {
      co_return tl::unexpected(body.error());
    }
    co_return FoundKey{FoundKey::Kind::kUnreadable, body.error().message};
  }
  co_return unreadable(connection, key, "it changes while it is read");
}

}  // namespace rdbproof
