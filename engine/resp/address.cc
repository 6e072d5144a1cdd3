#include "engine/resp/address.h"

#include <array>
#include <charconv>
#include <string_view>

#include "engine/base/text.h"

namespace rdbproof {
namespace {

struct Scheme {
  std::string_view prefix;
  bool tls;
  bool sentinel;
};

constexpr auto kSchemes = std::to_array<Scheme>({{"redis://", false, false},
                                                 {"rediss://", true, false},
                                                 {"redis+sentinel://", false, true},
                                                 {"rediss+sentinel://", true, true}});
constexpr std::string_view kUnix = "unix://";

template <class T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

tl::unexpected<Error> bad_address(const std::string& text, const std::string& why) {
  return fail("not a server's address: " + escape_for_terminal(text) + ": " + why,
              "redis://[USER@]HOST[:PORT][/DATABASE], rediss:// for TLS, unix:///PATH, "
              "redis+sentinel://HOST/MASTER, ?cluster behind it for a whole cluster");
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    unsigned value = 0;
    const auto [end, error] = std::from_chars(&text[i + 1], &text[i] + 3, value, 16);
    if (error != std::errc() || end != &text[i] + 3) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// Takes what follows the last `mark` off the end of `text`.
std::optional<std::string> take_behind(std::string& text, char mark) {
  const size_t at = text.find(mark);
  if (at == std::string::npos) return std::nullopt;
  std::string behind = text.substr(at + 1);
  text.resize(at);
  return behind;
}

Result<void> read_query(const std::string& query, const std::string& text, ServerAddress& address) {
  for (const std::string& part : split(query, '&')) {
    if (part == "cluster" && address.kind == ServerAddress::Kind::kServer) {
      address.kind = ServerAddress::Kind::kCluster;
    } else if (part.starts_with("db=")) {
      address.database = parse_number<uint64_t>(std::string_view(part).substr(3));
      if (!address.database) return bad_address(text, "db= wants a number");
    } else {
      return bad_address(text, "nothing is known of ?" + escape_for_terminal(part));
    }
  }
  return {};
}

Result<ServerAddress> parse_unix(const std::string& text) {
  ServerAddress address;
  std::string rest = text.substr(kUnix.size());
  if (const auto query = take_behind(rest, '?')) {
    TRY_VOID(read_query(*query, text, address));
  }
  const auto path = percent_decoded(rest);
  if (!path || !path->starts_with('/')) return bad_address(text, "the path must begin with /");
  address.endpoints.push_back({{}, 0, *path});
  return address;
}

Result<void> read_path(const std::string& path, const Scheme& scheme, const std::string& text,
                       ServerAddress& address) {
  std::vector<std::string> parts = split(path, '/');
  if (scheme.sentinel) {
    const auto master = percent_decoded(parts.front());
    if (!master || master->empty()) return bad_address(text, "the name of the master is missing");
    address.master = *master;
    parts.erase(parts.begin());
  }
  if (parts.empty() || (parts.size() == 1 && parts[0].empty())) return {};
  address.database = parse_number<uint64_t>(parts[0]);
  if (!address.database || parts.size() != 1) return bad_address(text, "a database is a number");
  return {};
}

Result<ServerAddress> parse_network(const std::string& text, const Scheme& scheme) {
  ServerAddress address;
  address.tls = scheme.tls;
  if (scheme.sentinel) address.kind = ServerAddress::Kind::kSentinel;
  std::string rest = text.substr(scheme.prefix.size());
  const size_t at = rest.find_last_of('@');
  if (at != std::string::npos) {
    const std::string login = rest.substr(0, at);
    rest = rest.substr(at + 1);
    if (login.find(':') != std::string::npos) {
      return fail("an address must not hold a password: all users of the machine could see it",
                  "give it by REDISCLI_AUTH, --pass-file FILE or --ask-pass");
    }
    const auto user = percent_decoded(login);
    if (!user) return bad_address(text, "the user's name is malformed");
    address.user = *user;
  }
  if (const auto query = take_behind(rest, '?')) {
    TRY_VOID(read_query(*query, text, address));
  }
  const std::string path = take_behind(rest, '/').value_or("");
  TRY_VOID(read_path(path, scheme, text, address));
  for (const std::string& host : split(rest, ',')) {
    TRY(Endpoint endpoint, parse_endpoint(host, scheme.sentinel ? kSentinelPort : kServerPort));
    address.endpoints.push_back(std::move(endpoint));
  }
  if (address.endpoints.size() > 1 && !scheme.sentinel) {
    return bad_address(text, "one host is enough: a cluster names its other nodes");
  }
  return address;
}

}  // namespace

std::string Endpoint::text() const {
  if (!socket_path.empty()) return escape_for_terminal(socket_path);
  const bool is_ipv6 = host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + escape_for_terminal(host) + "]" : escape_for_terminal(host)) + ":" +
         std::to_string(port);
}

bool is_server_address(const std::string& text) {
  if (text.starts_with(kUnix)) return true;
  for (const Scheme& scheme : kSchemes) {
    if (text.starts_with(scheme.prefix)) return true;
  }
  return false;
}

Result<ServerAddress> parse_address(const std::string& text) {
  if (text.starts_with(kUnix)) return parse_unix(text);
  for (const Scheme& scheme : kSchemes) {
    if (text.starts_with(scheme.prefix)) return parse_network(text, scheme);
  }
  return bad_address(text, "the scheme is not known");
}

Result<Endpoint> parse_endpoint(const std::string& text, uint16_t default_port) {
  std::string_view rest = text;
  Endpoint endpoint{{}, default_port, {}};
  if (rest.starts_with('[')) {
    const size_t end = rest.find(']');
    if (end == std::string_view::npos) return bad_address(text, "a ] is missing");
    endpoint.host = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
  } else {
    const size_t end = std::min(rest.find(':'), rest.size());
    endpoint.host = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  if (endpoint.host.empty()) return bad_address(text, "the host is missing");
  if (rest.empty()) return endpoint;
  const auto port = parse_number<uint16_t>(rest.substr(1));
  if (rest.front() != ':' || !port || *port == 0) return bad_address(text, "a port is a number");
  endpoint.port = *port;
  return endpoint;
}

}  // namespace rdbproof
