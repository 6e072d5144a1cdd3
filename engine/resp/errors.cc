#include "engine/base/text.h"
#include "engine/resp/connection.h"

namespace rdbproof {
namespace {

constexpr size_t kMostShown = 200;

std::string who(const std::string& user) {
  return user.empty() ? "default" : escape_for_terminal(user);
}

}  // namespace

Error explain_error(const Reply& reply, const Command& command, const Endpoint& endpoint,
                    const std::string& user) {
  const std::string server = endpoint.text() + ": ";
  const std::string name = acl_name(command);
  if (reply.is_error("WRONGPASS") || reply.text.find("invalid password") != std::string::npos) {
    return {server + "wrong user or password",
            "the password is taken from --pass-file, else from REDISCLI_AUTH"};
  }
  if (reply.is_error("NOAUTH")) {
    return {server + "the server wants a password",
            "give it by REDISCLI_AUTH, --pass-file FILE or --ask-pass"};
  }
  if (reply.is_error("NOPERM")) {
    return {server + "no permission for " + name,
            "somebody who may can grant it: ACL SETUSER " + who(user) + " +" + name +
                (reply.text.find("key") != std::string::npos ? " ~*" : "")};
  }
  if (reply.is_error("LOADING")) {
    return {server + "the server is loading its data", "wait until it has, then try again"};
  }
  if (reply.is_error("BUSY")) {
    return {server + "the server is busy with a script", "wait until it has ended"};
  }
  if (reply.is_error("OOM")) {
    return {server + "the server is out of memory and refuses " + name, ""};
  }
  if (reply.is_error("MASTERDOWN")) {
    return {server + "this replica has lost its primary and does not answer", "ask another one"};
  }
  // Servers that do not know AUTH repeat its arguments: of its errors the code is enough.
  const std::string shown =
      name == "auth" ? reply.text.substr(0, reply.text.find(' ')) : reply.text;
  return {server + name + " failed: " + escape_for_terminal(shown, kMostShown), ""};
}

}  // namespace rdbproof
