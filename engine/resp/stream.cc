#include "engine/resp/stream.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include "engine/base/text.h"

namespace rdbproof {
namespace {

constexpr auto kAsTuple = asio::as_tuple(asio::use_awaitable);

std::string lower_first(std::string text) {
  if (!text.empty() && text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) {
    text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  }
  return text;
}

bool is_address(const std::string& host) {
  boost::system::error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

}  // namespace

class ServerConnection::Stream::Deadline {
 public:
  Deadline(Stream& stream, Milliseconds limit)
      : timer_(stream.executor_, limit), state_(std::make_shared<State>()) {
    timer_.async_wait([&stream, state = state_](const boost::system::error_code& error) {
      // It may have been on its way already when it was cancelled, and the stream be gone.
      if (error || state->is_cancelled) return;
      state->is_over = true;
      stream.close();
    });
  }
  ~Deadline() {
    state_->is_cancelled = true;
    timer_.cancel();
  }
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  bool is_over() const { return state_->is_over; }

 private:
  struct State {
    bool is_over = false;
    bool is_cancelled = false;
  };

  asio::steady_timer timer_;
  std::shared_ptr<State> state_;
};

ServerConnection::Stream::Stream(asio::any_io_executor executor, asio::ssl::context* tls)
    : executor_(std::move(executor)), socket_(executor_) {
  if (tls != nullptr) tls_stream_.emplace(executor_, *tls);
}

Result<void> ServerConnection::Stream::failure(const boost::system::error_code& error,
                                               const Deadline& deadline) {
  if (deadline.is_over()) return fail("no answer in time");
  if (tls_stream_) {
    SSL* const ssl = tls_stream_->native_handle();
    const long verified = SSL_get_verify_result(ssl);
    if (SSL_get_verify_mode(ssl) != SSL_VERIFY_NONE && verified != X509_V_OK) {
      return fail(std::string("its certificate is not accepted: ") +
                      X509_verify_cert_error_string(verified),
                  "name the authority that signed it by --cacert FILE");
    }
  }
  return fail(lower_first(error.message()));
}

Async<void> ServerConnection::Stream::connect(const Endpoint& endpoint, Milliseconds limit) {
  const Deadline deadline(*this, limit);
  if (!endpoint.socket_path.empty()) {
    constexpr size_t kLongestPath = 107;
    if (endpoint.socket_path.size() > kLongestPath) co_return fail("the path is too long");
    const asio::local::stream_protocol::endpoint place(endpoint.socket_path);
    const auto [error] = co_await socket().async_connect(place, kAsTuple);
    if (error) co_return failure(error, deadline);
    co_return Result<void>();
  }
  asio::ip::tcp::resolver resolver(executor_);
  const auto [unresolved, places] =
      co_await resolver.async_resolve(endpoint.host, std::to_string(endpoint.port), kAsTuple);
  if (deadline.is_over()) co_return fail("no answer in time");
  if (unresolved) {
    co_return fail("the host is not known: " + lower_first(unresolved.message()));
  }
  boost::system::error_code error = asio::error::host_not_found;
  for (const auto& place : places) {
    boost::system::error_code ignored;
    socket().close(ignored);
    std::tie(error) = co_await socket().async_connect(place.endpoint(), kAsTuple);
    if (!error || deadline.is_over()) break;
  }
  if (error) co_return failure(error, deadline);
  socket().set_option(asio::ip::tcp::no_delay(true), error);
  co_return Result<void>();
}

Async<void> ServerConnection::Stream::shake_hands(const std::string& host, Milliseconds limit) {
  if (!tls_stream_) co_return Result<void>();
  SSL* const ssl = tls_stream_->native_handle();
  const bool is_set = is_address(host)
                          ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str()) == 1
                          : SSL_set_tlsext_host_name(ssl, host.c_str()) == 1 &&
                                SSL_set1_host(ssl, host.c_str()) == 1;
  if (!is_set) co_return fail("TLS: no certificate can be for " + escape_for_terminal(host));
  const Deadline deadline(*this, limit);
  const auto [error] =
      co_await tls_stream_->async_handshake(asio::ssl::stream_base::client, kAsTuple);
  if (error) {
    const Result<void> why = failure(error, deadline);
    co_return fail("TLS: " + why.error().message, why.error().hint);
  }
  co_return Result<void>();
}

Async<void> ServerConnection::Stream::write(Bytes bytes, Milliseconds limit) {
  const Deadline deadline(*this, limit);
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  boost::system::error_code error;
  if (tls_stream_) {
    std::tie(error, std::ignore) = co_await asio::async_write(*tls_stream_, buffer, kAsTuple);
  } else {
    std::tie(error, std::ignore) = co_await asio::async_write(socket_, buffer, kAsTuple);
  }
  if (error) co_return failure(error, deadline);
  co_return Result<void>();
}

Async<size_t> ServerConnection::Stream::read_some(char* into, size_t capacity, Milliseconds limit) {
  const Deadline deadline(*this, limit);
  const auto buffer = asio::buffer(into, capacity);
  boost::system::error_code error;
  size_t count = 0;
  if (tls_stream_) {
    std::tie(error, count) = co_await tls_stream_->async_read_some(buffer, kAsTuple);
  } else {
    std::tie(error, count) = co_await socket_.async_read_some(buffer, kAsTuple);
  }
  if (!deadline.is_over() &&
      (error == asio::error::eof || error == asio::ssl::error::stream_truncated)) {
    co_return size_t{0};
  }
  if (error) co_return tl::unexpected(failure(error, deadline).error());
  co_return count;
}

void ServerConnection::Stream::close() {
  boost::system::error_code ignored;
  socket().close(ignored);
}

}  // namespace rdbproof
