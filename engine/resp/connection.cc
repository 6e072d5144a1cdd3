#include "engine/resp/connection.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "engine/base/text.h"
#include "engine/resp/stream.h"

namespace rdbproof {
namespace {

constexpr size_t kReadBytes = size_t{256} << 10;
constexpr size_t kMostKeptBytes = size_t{4} << 20;

// Whoever refuses these has his reasons, and is read all the same.
const std::vector<Command>& courtesies() {
  static const std::vector<Command> commands{{"CLIENT", "SETNAME", "rdbproof"},
                                             {"CLIENT", "NO-TOUCH", "ON"},
                                             {"CLIENT", "NO-EVICT", "ON"}};
  return commands;
}

}  // namespace

ServerConnection::ServerConnection(asio::any_io_executor executor, Endpoint endpoint,
                                   const ConnectionOptions& options, asio::ssl::context* tls)
    : endpoint_(std::move(endpoint)),
      options_(options),
      tls_(tls),
      executor_(std::move(executor)),
      parser_(options.limits) {}

ServerConnection::~ServerConnection() = default;

void ServerConnection::close() {
  stream_.reset();
  parser_ = ReplyParser(options_.limits);
  buffer_.clear();
  used_ = 0;
}

tl::unexpected<Error> ServerConnection::lost(const std::string& why, std::string hint) {
  close();
  return fail(endpoint_.text() + ": " + why, std::move(hint));
}

Async<void> ServerConnection::open() {
  auto pause = options_.first_pause;
  Result<void> opened = fail(endpoint_.text() + ": not tried");
  for (unsigned attempt = 0; attempt < options_.attempts; ++attempt) {
    if (attempt != 0) {
      asio::steady_timer timer(executor_, pause);
      co_await timer.async_wait(asio::use_awaitable);
      pause *= 2;
    }
    opened = co_await open_once();
    if (opened || is_refusal_) break;
  }
  co_return opened;
}

Async<void> ServerConnection::open_once() {
  Result<void> opened = co_await connect();
  if (opened) opened = co_await log_in();
  co_return opened;
}

Async<void> ServerConnection::connect() {
  close();
  is_refusal_ = false;
  auto stream = std::make_unique<Stream>(executor_, tls_);
  Result<void> done = co_await stream->connect(endpoint_, options_.connect_timeout);
  if (done) {
    done = co_await stream->shake_hands(endpoint_.host, options_.connect_timeout);
    // A certificate will not be another one next time.
    is_refusal_ = !done;
  }
  if (!done) {
    co_return lost("cannot connect: " + done.error().message, done.error().hint);
  }
  stream_ = std::move(stream);
  co_return Result<void>();
}

// Leaves no copy of the password behind.
Async<Reply> ServerConnection::authenticate() {
  Command command = make_command("AUTH");
  if (!options_.user.empty()) command.push_back(options_.user);
  command.emplace_back(options_.password ? options_.password->reveal() : "");
  std::string bytes;
  const Result<void> appended = append_command(bytes, command, options_.permission);
  OPENSSL_cleanse(command.back().data(), command.back().size());
  if (!appended) co_return tl::unexpected(appended.error());
  const Result<void> written = co_await write(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  if (!written) co_return tl::unexpected(written.error());
  co_return co_await read_reply();
}

Async<void> ServerConnection::log_in() {
  if (options_.password || !options_.user.empty()) {
    const Result<Reply> reply = co_await authenticate();
    if (!reply) co_return tl::unexpected(reply.error());
    if (reply->is_error()) {
      is_refusal_ = !reply->is_error("LOADING");
      close();
      co_return tl::unexpected(
          explain_error(*reply, make_command("AUTH"), endpoint_, options_.user));
    }
  }
  // A sentinel knows PING when it knows nothing else.
  const Result<void> pong = co_await greet();
  if (!pong) {
    close();
    co_return tl::unexpected(pong.error());
  }
  const Result<std::vector<Reply>> done = co_await call_many(courtesies());
  if (!done) co_return tl::unexpected(done.error());
  co_return Result<void>();
}

// Whether it answers us at all. It may not let us PING, which is its right.
Async<void> ServerConnection::greet() {
  const Command ping = make_command("PING");
  const Result<Reply> reply = co_await ask(ping);
  if (!reply) co_return tl::unexpected(reply.error());
  if (!reply->is_error() || reply->is_error("NOPERM")) co_return Result<void>();
  is_refusal_ = !reply->is_error("LOADING");
  wants_login_ = wants_login_ || reply->is_error("NOAUTH");
  co_return tl::unexpected(explain_error(*reply, ping, endpoint_, options_.user));
}

Async<void> ServerConnection::write(const std::string& bytes) {
  if (!stream_) co_return fail(endpoint_.text() + ": not connected");
  const Result<void> written = co_await stream_->write(bytes, options_.reply_timeout);
  if (!written) co_return lost("the connection was lost: " + written.error().message);
  co_return Result<void>();
}

// At least one byte more, if `wanted` more are known to come.
Async<void> ServerConnection::read_more(size_t wanted) {
  if (!stream_) co_return fail(endpoint_.text() + ": not connected");
  if (used_ != 0) {
    buffer_.erase(0, used_);
    used_ = 0;
    if (buffer_.capacity() > kMostKeptBytes && buffer_.size() < kReadBytes) buffer_.shrink_to_fit();
  }
  const size_t before = buffer_.size();
  // What is to come was announced, not seen: memory is taken for little more than there is.
  const size_t room = std::clamp(wanted, kReadBytes, std::max(kReadBytes, before));
  buffer_.resize(before + room);
  const Result<size_t> got =
      co_await stream_->read_some(buffer_.data() + before, room, options_.reply_timeout);
  if (!got)
    co_return lost(got.error().message == "no answer in time"
                       ? "no answer in time"
                       : "the connection was lost: " + got.error().message);
  if (*got == 0) co_return lost("the server closed the connection");
  buffer_.resize(before + *got);
  bytes_in_ += *got;
  co_return Result<void>();
}

Async<Reply> ServerConnection::read_reply() {
  while (true) {
    const Result<size_t> taken = parser_.feed(unread());
    if (!taken) co_return lost(taken.error().message, taken.error().hint);
    used_ += *taken;
    if (parser_.is_complete()) co_return parser_.take();
    const Result<void> more = co_await read_more(parser_.wanted());
    if (!more) co_return tl::unexpected(more.error());
  }
}

Async<std::vector<Reply>> ServerConnection::call_many(std::span<const Command> commands,
                                                      uint64_t most_bytes) {
  has_overflowed_ = false;
  uint64_t received = 0;
  std::string bytes;
  for (const Command& command : commands) {
    const Result<void> appended = append_command(bytes, command, options_.permission);
    if (!appended) co_return tl::unexpected(appended.error());
  }
  const Result<void> written = co_await write(bytes);
  if (!written) co_return tl::unexpected(written.error());
  std::vector<Reply> replies;
  replies.reserve(commands.size());
  while (replies.size() < commands.size()) {
    // Straight from the buffer, without a coroutine for each.
    const Result<size_t> taken = parser_.feed(unread());
    if (!taken) {
      has_overflowed_ = parser_.is_too_large();
      co_return lost(taken.error().message, taken.error().hint);
    }
    used_ += *taken;
    received += *taken;
    if (received > most_bytes) {
      has_overflowed_ = true;
      co_return lost("the server's answers are larger than it said");
    }
    if (parser_.is_complete()) {
      replies.push_back(parser_.take());
      continue;
    }
    const Result<void> more = co_await read_more(parser_.wanted());
    if (!more) co_return tl::unexpected(more.error());
  }
  co_return replies;
}

Async<Reply> ServerConnection::ask(Command command) {
  std::vector<Command> one;
  one.push_back(std::move(command));
  Result<std::vector<Reply>> replies = co_await call_many(one);
  if (!replies) co_return tl::unexpected(replies.error());
  co_return std::move(replies->front());
}

Async<Reply> ServerConnection::call(Command command) {
  const Command copy = command;
  Result<Reply> reply = co_await ask(std::move(command));
  if (reply && reply->is_error()) {
    wants_login_ = wants_login_ || reply->is_error("NOAUTH") || reply->is_error("NOPERM");
    co_return tl::unexpected(explain_error(*reply, copy, endpoint_, options_.user));
  }
  co_return reply;
}

Async<void> ServerConnection::send(const Command& command) {
  std::string bytes;
  const Result<void> appended = append_command(bytes, command, options_.permission);
  if (!appended) co_return appended;
  co_return co_await write(bytes);
}

Async<std::string> ServerConnection::read_line() {
  while (true) {
    const size_t end = unread().find('\n');
    if (end != Bytes::npos) {
      std::string line(unread().substr(0, end));
      used_ += end + 1;
      if (line.ends_with('\r')) line.pop_back();
      co_return line;
    }
    if (unread().size() > options_.limits.max_line_bytes) {
      co_return lost("the server's answer is not in the Redis protocol");
    }
    const Result<void> more = co_await read_more(1);
    if (!more) co_return tl::unexpected(more.error());
  }
}

Async<size_t> ServerConnection::read_some(char* into, size_t capacity) {
  if (unread().empty()) {
    const Result<void> more = co_await read_more(capacity);
    if (!more) co_return tl::unexpected(more.error());
  }
  const size_t count = std::min(capacity, unread().size());
  unread().copy(into, count);
  used_ += count;
  co_return count;
}

}  // namespace rdbproof
