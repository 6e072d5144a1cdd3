// A connection to one server.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/resp/address.h"
#include "engine/resp/command.h"
#include "engine/resp/credentials.h"
#include "engine/resp/reply.h"

namespace rdbproof {

struct TlsOptions {
  std::string ca_file;           // empty: what the system trusts
  std::string certificate_file;  // of ours, with its chain; empty: none
  std::string key_file;
  bool insecure = false;  // takes any certificate
};

struct ConnectionOptions {
  bool tls = false;
  TlsOptions tls_options;
  std::string user;
  SharedSecret password;  // null: none
  std::chrono::milliseconds connect_timeout{5000};
  std::chrono::milliseconds reply_timeout{60'000};  // for the next bytes to come
  unsigned attempts = 5;                            // to connect
  std::chrono::milliseconds first_pause{200};       // between them; it doubles
  ReplyLimits limits;
  Permission permission = Permission::kNone;
};

// A context for all connections of a run. An error names the file that is wrong.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const TlsOptions& options);

template <class T>
using Async = boost::asio::awaitable<Result<T>>;

// Used by one coroutine at a time. After an error of its own (not one that the server answered) it
// is closed; open() opens it again.
class ServerConnection {
 public:
  // `tls` is null without TLS; both must outlive it.
  ServerConnection(boost::asio::any_io_executor executor, Endpoint endpoint,
                   const ConnectionOptions& options, boost::asio::ssl::context* tls);
  ~ServerConnection();
  ServerConnection(const ServerConnection&) = delete;
  ServerConnection& operator=(const ServerConnection&) = delete;

  // Connects, with attempts and pauses, checks the certificate, and logs in. What the server
  // refuses is not tried again, but that it is loading its data.
  Async<void> open();
  // The same without attempts.
  Async<void> open_once();
  bool is_open() const { return stream_ != nullptr; }
  void close();

  // The replies to all commands, which are sent at once. Errors that the server answers are
  // replies. Fails once they have more than `most_bytes`.
  Async<std::vector<Reply>> call_many(std::span<const Command> commands,
                                      uint64_t most_bytes = UINT64_MAX);
  // Whether the last call failed because the replies were too large. It is closed then.
  bool has_overflowed() const { return has_overflowed_; }
  // Whether the server refused something because of who we are.
  bool wants_login() const { return wants_login_; }
  // The reply; an error if the server answers one.
  Async<Reply> call(Command command);
  // The same, but errors are replies.
  Async<Reply> ask(Command command);

  // Sends without waiting for a reply.
  Async<void> send(const Command& command);
  // The next line, its end taken off.
  Async<std::string> read_line();
  // Up to `capacity` bytes as they come; 0 at the end.
  Async<size_t> read_some(char* into, size_t capacity);

  const Endpoint& endpoint() const { return endpoint_; }
  const ConnectionOptions& options() const { return options_; }
  uint64_t bytes_in() const { return bytes_in_; }

 private:
  class Stream;

  Async<void> connect();
  Async<void> log_in();
  Async<Reply> authenticate();
  Async<void> greet();
  // `bytes` must live until it is done.
  Async<void> write(const std::string& bytes);
  Async<void> read_more(size_t wanted);
  Async<Reply> read_reply();
  Bytes unread() const { return Bytes(buffer_).substr(used_); }
  tl::unexpected<Error> lost(const std::string& why, std::string hint = {});

  Endpoint endpoint_;
  const ConnectionOptions& options_;
  boost::asio::ssl::context* tls_;
  boost::asio::any_io_executor executor_;
  std::unique_ptr<Stream> stream_;
  ReplyParser parser_;
  std::string buffer_;
  size_t used_ = 0;  // of buffer_
  uint64_t bytes_in_ = 0;
  bool has_overflowed_ = false;
  bool wants_login_ = false;
  bool is_refusal_ = false;  // what open() failed with will be the same next time
};

// One line that says what an error reply means for `command`, and what to do.
Error explain_error(const Reply& reply, const Command& command, const Endpoint& endpoint,
                    const std::string& user);

}  // namespace rdbproof
