#include "tests/unit/live/servers.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>

namespace rdbproof::test {
namespace {

constexpr const char* kProgram = "/usr/bin/redis-server";

std::string make_directory() {
  std::string name = (std::filesystem::temp_directory_path() / "rdbproof-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  return name;
}

sockaddr_un socket_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

int connect_to(const std::string& path) {
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = socket_address(path);
  if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    return descriptor;
  }
  close(descriptor);
  return -1;
}

bool write_all(int descriptor, Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(sent));
  }
  return true;
}

// The next of the replies that come from a socket; `unread` is what came of those behind it.
std::optional<Reply> next_reply(int descriptor, ReplyParser& parser, std::string& unread) {
  while (true) {
    const Result<size_t> taken = parser.feed(unread);
    if (!taken) return std::nullopt;
    unread.erase(0, *taken);
    if (parser.is_complete()) return parser.take();
    char more[65536];
    const ssize_t got = recv(descriptor, more, sizeof more, 0);
    if (got <= 0) return std::nullopt;
    unread.append(more, static_cast<size_t>(got));
  }
}

std::string request(const Command& command) {
  std::vector<std::string> words;
  for (const std::string& word : command) words.push_back(bulk(word));
  return array(words);
}

[[noreturn]] void become_server(const std::string& socket_path, const std::string& directory) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int nothing = open("/dev/null", O_RDWR);
  for (const int standard : {0, 1, 2}) dup2(nothing, standard);
  execl(kProgram, kProgram, "--port", "0", "--unixsocket", socket_path.c_str(), "--dir",
        directory.c_str(), "--save", "", nullptr);
  _exit(127);
}

}  // namespace

std::string bulk(const std::string& text) {
  return "$" + std::to_string(text.size()) + "\r\n" + text + "\r\n";
}
std::string array(const std::vector<std::string>& parts) {
  std::string out = "*" + std::to_string(parts.size()) + "\r\n";
  for (const std::string& part : parts) out += part;
  return out;
}
std::string number(int64_t value) {
  return ":" + std::to_string(value) + "\r\n";
}

bool RedisServer::is_installed() {
  return access(kProgram, X_OK) == 0;
}

RedisServer::RedisServer() : directory_(make_directory()) {
  const std::string path = endpoint().socket_path;
  process_ = fork();
  if (process_ == 0) become_server(path, directory_);
  constexpr int kMostPolls = 6000;
  for (int i = 0; i < kMostPolls && socket_ < 0; ++i) {
    if (waitpid(process_, nullptr, WNOHANG) == process_) {
      process_ = -1;
      return;
    }
    socket_ = connect_to(path);
    if (socket_ < 0) usleep(5000);
  }
}

RedisServer::~RedisServer() {
  if (socket_ >= 0) close(socket_);
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  std::filesystem::remove_all(directory_);
}

Endpoint RedisServer::endpoint() const {
  Endpoint endpoint;
  endpoint.socket_path = directory_ + "/socket";
  return endpoint;
}

std::vector<Reply> RedisServer::run(const std::vector<Command>& commands) {
  // So few at a time that nobody waits for the other to read.
  constexpr size_t kAtATime = 500;
  ReplyParser parser;
  std::string unread;
  std::vector<Reply> replies;
  while (replies.size() < commands.size()) {
    const size_t end = std::min(commands.size(), replies.size() + kAtATime);
    std::string bytes;
    for (size_t i = replies.size(); i < end; ++i) bytes += request(commands[i]);
    if (!write_all(socket_, bytes)) throw std::runtime_error("the server is gone");
    while (replies.size() < end) {
      std::optional<Reply> reply = next_reply(socket_, parser, unread);
      if (!reply) throw std::runtime_error("the server is gone");
      replies.push_back(std::move(*reply));
    }
  }
  return replies;
}

FakeConnection::~FakeConnection() {
  close(descriptor_);
}

std::optional<Command> FakeConnection::next() {
  std::optional<Reply> read = next_reply(descriptor_, parser_, unread_);
  if (!read) return std::nullopt;
  Command command;
  for (Reply& word : read->items) command.push_back(std::move(word.text));
  return command;
}

bool FakeConnection::send(Bytes bytes) const {
  return write_all(descriptor_, bytes);
}

FakeServer::FakeServer(Answer answer)
    : FakeServer(Serve([answer = std::move(answer)](FakeConnection& client) {
        while (const std::optional<Command> command = client.next()) {
          const bool is_greeting = command->front() == "PING" || command->front() == "CLIENT";
          if (!client.send(is_greeting ? "+OK\r\n" : answer(*command))) return;
        }
      })) {}

FakeServer::FakeServer(Serve serve) : directory_(make_directory()) {
  listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = socket_address(endpoint().socket_path);
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 1) != 0) {
    throw std::runtime_error("no socket");
  }
  thread_ = std::thread([this, serve = std::move(serve)] { run(serve); });
}

FakeServer::~FakeServer() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
  std::filesystem::remove_all(directory_);
}

Endpoint FakeServer::endpoint() const {
  Endpoint endpoint;
  endpoint.socket_path = directory_ + "/socket";
  return endpoint;
}

void FakeServer::run(const Serve& serve) const {
  while (true) {
    const int descriptor = accept(listener_, nullptr, nullptr);
    if (descriptor < 0) return;
    FakeConnection client(descriptor);
    serve(client);
  }
}

}  // namespace rdbproof::test
