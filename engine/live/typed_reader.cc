#include "engine/live/typed_reader.h"

#include "engine/base/text.h"
#include "engine/live/value_reading.h"

namespace rdbproof {
namespace {

constexpr unsigned kAttempts = 4;
constexpr std::string_view kChanges = "it changes while it is read";
constexpr size_t kMostShown = 80;

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

tl::unexpected<Error> no_reader(const ServerConnection& connection, const std::string& key,
                                const std::string& type) {
  return fail(shown(connection, key) + "values of type " + escape_for_terminal(type, kMostShown) +
                  " cannot be read by commands",
              "only DUMP or a replica's snapshot has them whole: read with --method scan and a "
              "larger --max-value, or with --method sync");
}

}  // namespace

bool is_changing(const Error& error) {
  return error.message.ends_with(kChanges);
}

Async<std::optional<std::string>> read_typed(ServerConnection& connection, const std::string& key,
                                             const std::string& type, const TypedOptions& options) {
  std::string current = type;
  for (unsigned attempt = 0; attempt < kAttempts; ++attempt) {
    if (attempt != 0) {
      Result<Reply> answer = co_await connection.call(make_command("TYPE", key));
      if (!answer) co_return tl::unexpected(answer.error());
      current = std::move(answer->text);
    }
    if (current == "none") co_return std::optional<std::string>();
    const PageReader reader = reader_of(current);
    if (reader == nullptr) co_return no_reader(connection, key, current);
    ValueReading reading(connection, key, options);
    Result<std::string> body = co_await reader(reading);
    if (body) co_return std::optional<std::string>(std::move(*body));
    if (!reading.has_changed()) co_return tl::unexpected(body.error());
  }
  co_return fail(shown(connection, key) + std::string(kChanges),
                 "it can be compared once nobody writes to it");
}

}  // namespace rdbproof
