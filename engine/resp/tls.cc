#include <boost/asio/ssl.hpp>

#include "engine/io/os.h"
#include "engine/resp/connection.h"

namespace rdbproof {
namespace {

tl::unexpected<Error> bad_file(const char* what, const std::string& path,
                               const boost::system::error_code& error) {
  return fail(std::string("cannot use the ") + what + " in " + display_name(path) + ": " +
              error.message());
}

}  // namespace

Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const TlsOptions& options) {
  namespace ssl = boost::asio::ssl;
  auto context = std::make_shared<ssl::context>(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  boost::system::error_code error;
  if (options.insecure) {
    context->set_verify_mode(ssl::verify_none, error);
  } else {
    context->set_verify_mode(ssl::verify_peer, error);
    if (options.ca_file.empty()) {
      context->set_default_verify_paths(error);
    } else if (context->load_verify_file(options.ca_file, error)) {
      return bad_file("authority", options.ca_file, error);
    }
  }
  if (options.certificate_file.empty()) return context;
  if (context->use_certificate_chain_file(options.certificate_file, error)) {
    return bad_file("certificate", options.certificate_file, error);
  }
  const std::string& key = options.key_file.empty() ? options.certificate_file : options.key_file;
  if (context->use_private_key_file(key, ssl::context::pem, error)) {
    return bad_file("key", key, error);
  }
  return context;
}

}  // namespace rdbproof
