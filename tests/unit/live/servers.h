// Servers on a unix socket: a real one, and one that answers what a test wants.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "engine/io/server_source.h"
#include "engine/resp/connection.h"

namespace rdbproof::test {

// Debian's redis-server with nothing in it. It ends with the test.
class RedisServer {
 public:
  RedisServer();
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  static bool is_installed();
  bool is_up() const { return socket_ >= 0; }
  Endpoint endpoint() const;
  // Sends any commands; the replies.
  std::vector<Reply> run(const std::vector<Command>& commands);

 private:
  std::string directory_;
  int process_ = -1;
  int socket_ = -1;
};

// The server's end of a connection.
class FakeConnection {
 public:
  explicit FakeConnection(int descriptor) : descriptor_(descriptor) {}
  ~FakeConnection();
  FakeConnection(const FakeConnection&) = delete;
  FakeConnection& operator=(const FakeConnection&) = delete;

  // What the client sends next; absent once it has closed.
  std::optional<Command> next();
  // False: the client has closed.
  bool send(Bytes bytes) const;

 private:
  int descriptor_;
  ReplyParser parser_;  // commands look like replies
  std::string unread_;
};

// Serves one connection after the other on a thread of its own.
class FakeServer {
 public:
  // Answers a command by RESP bytes. Greetings are answered without it.
  using Answer = std::function<std::string(const Command&)>;
  explicit FakeServer(Answer answer);
  // To serve a connection until its end.
  using Serve = std::function<void(FakeConnection&)>;
  explicit FakeServer(Serve serve);
  // Waits for the end of the connection that it serves.
  ~FakeServer();

  Endpoint endpoint() const;

 private:
  void run(const Serve& serve) const;

  std::string directory_;
  int listener_ = -1;
  std::thread thread_;
};

std::string bulk(const std::string& text);
std::string array(const std::vector<std::string>& parts);
std::string number(int64_t value);

// Whether a value was read.
inline bool has_body(const Result<FoundKey>& found) {
  return found && found->kind == FoundKey::Kind::kRecord;
}

// Opens a connection and runs `work` with it to its end.
template <class T>
Result<T> with_connection(const Endpoint& endpoint,
                          const std::function<Async<T>(ServerConnection&)>& work);

}  // namespace rdbproof::test

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

namespace rdbproof::test {

template <class T>
Result<T> with_connection(const Endpoint& endpoint,
                          const std::function<Async<T>(ServerConnection&)>& work) {
  boost::asio::io_context context;
  const ConnectionOptions options;
  ServerConnection connection(context.get_executor(), endpoint, options, nullptr);
  Result<T> result = fail("not run");
  const auto run = [&]() -> boost::asio::awaitable<void> {
    const Result<void> opened = co_await connection.open();
    if (opened) {
      result = co_await work(connection);
    } else {
      result = tl::unexpected(opened.error());
    }
  };
  boost::asio::co_spawn(context, run(), boost::asio::detached);
  context.run();
  return result;
}

}  // namespace rdbproof::test
