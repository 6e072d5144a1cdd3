#include "engine/live/sync_reader.h"

#include <algorithm>
#include <charconv>

#include "engine/base/text.h"

namespace rdbproof {
namespace {

constexpr size_t kPieceBytes = size_t{256} << 10;

// A line that is not empty: servers send empty ones to show that they live.
Async<std::string> read_word(ServerConnection& connection) {
  while (true) {
    Result<std::string> line = co_await connection.read_line();
    if (!line || !line->empty()) co_return line;
  }
}

}  // namespace

Async<void> read_as_replica(const Endpoint& endpoint, const LiveOptions& options,
                            boost::asio::any_io_executor executor, boost::asio::ssl::context* tls,
                            RecordQueue& queue) {
  ConnectionOptions how = options.connection;
  how.permission = Permission::kFork;
  ServerConnection connection(std::move(executor), endpoint, how, tls);
  const Result<void> opened = co_await connection.open();
  if (!opened) co_return opened;
  const Result<void> asked = co_await connection.send(make_command("PSYNC", "?", "-1"));
  if (!asked) co_return asked;
  const Result<std::string> answer = co_await read_word(connection);
  if (!answer) co_return tl::unexpected(answer.error());
  if (!answer->starts_with("+FULLRESYNC")) {
    Reply reply;
    reply.kind = Reply::Kind::kError;
    reply.text = answer->substr(1);
    co_return tl::unexpected(explain_error(reply, make_command("PSYNC"), endpoint, how.user));
  }
  const Result<std::string> announced = co_await read_word(connection);
  if (!announced) co_return tl::unexpected(announced.error());
  uint64_t left = 0;
  const auto [end, error] =
      std::from_chars(announced->data() + 1, announced->data() + announced->size(), left);
  if (announced->front() != '$' || error != std::errc() ||
      end != announced->data() + announced->size()) {
    co_return fail(endpoint.text() + ": the length of the snapshot was not understood: " +
                   escape_for_terminal(*announced, 60));
  }
  while (left != 0) {
    std::string piece(std::min<uint64_t>(left, kPieceBytes), '\0');
    const Result<size_t> got = co_await connection.read_some(piece.data(), piece.size());
    if (!got) co_return tl::unexpected(got.error());
    piece.resize(*got);
    left -= *got;
    const bool is_wanted = co_await queue.put_raw(std::move(piece));
    if (!is_wanted) co_return fail("nobody reads any more");
  }
  co_return Result<void>();
}

}  // namespace rdbproof
