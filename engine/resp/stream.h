// The bytes of a connection, plain or through TLS, with time limits.
#pragma once

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <variant>

#include "engine/resp/connection.h"

namespace rdbproof {

namespace asio = boost::asio;

class ServerConnection::Stream {
 public:
  using Socket = asio::generic::stream_protocol::socket;
  using Milliseconds = std::chrono::milliseconds;

  // `tls` may be null.
  Stream(asio::any_io_executor executor, asio::ssl::context* tls);

  // To one of the addresses of the endpoint. The error names what went wrong, not the endpoint.
  Async<void> connect(const Endpoint& endpoint, Milliseconds limit);
  // Checks that the certificate is for `host`, unless the context takes any.
  Async<void> shake_hands(const std::string& host, Milliseconds limit);
  Async<void> write(Bytes bytes, Milliseconds limit);
  // 0 at the end.
  Async<size_t> read_some(char* into, size_t capacity, Milliseconds limit);
  void close();

 private:
  // While it lives, the socket is closed once the time is over.
  class Deadline;

  Result<void> failure(const boost::system::error_code& error, const Deadline& deadline);
  Socket& socket() { return tls_stream_ ? tls_stream_->next_layer() : socket_; }

  asio::any_io_executor executor_;
  Socket socket_;
  std::optional<asio::ssl::stream<Socket>> tls_stream_;
};

}  // namespace rdbproof
