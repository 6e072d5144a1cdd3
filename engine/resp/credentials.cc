#include "engine/resp/credentials.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "engine/io/os.h"

namespace rdbproof {
namespace {

constexpr size_t kMostBytes = 4096;

tl::unexpected<Error> cannot_read(const std::string& path, int error) {
  return fail("cannot read the password from " + display_name(path) + ": " + errno_text(error));
}

SharedSecret secret_line(std::string& text) {
  const size_t end = text.find_first_of("\r\n");
  auto secret = std::make_shared<const Secret>(text.substr(0, end));
  OPENSSL_cleanse(text.data(), text.size());
  return secret;
}

Result<SharedSecret> read_file(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) return cannot_read(path, errno);
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return fail("others may read the password in " + display_name(path), "chmod 600 it");
  }
  std::string text(kMostBytes + 1, '\0');
  const ssize_t got = ::read(fd.get(), text.data(), text.size());
  if (got < 0) return cannot_read(path, errno);
  if (static_cast<size_t>(got) > kMostBytes) {
    return fail("the password in " + display_name(path) + " is too long");
  }
  text.resize(static_cast<size_t>(got));
  return secret_line(text);
}

// A terminal without echo, as long as this lives; also if a signal ends the program meanwhile.
class Silence {
 public:
  Silence(int terminal, const termios& before) {
    terminal_ = terminal;
    before_ = before;
    struct sigaction action {};
    action.sa_handler = end;
    for (size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &action, &actions_[i]);
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(terminal, TCSAFLUSH, &silent);
  }
  ~Silence() { undo(); }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  static constexpr std::array<int, 3> kSignals{SIGINT, SIGTERM, SIGHUP};

  static void undo() {
    ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    for (size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &actions_[i], nullptr);
  }
  // Then what is done with that signal otherwise.
  static void end(int signal) {
    undo();
    ::raise(signal);
  }

  // For the handler.
  static inline int terminal_ = -1;
  static inline termios before_{};
  static inline std::array<struct sigaction, 3> actions_{};
};

// Without echo, whatever standard input is.
Result<SharedSecret> ask_terminal() {
  const UniqueFd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  termios before{};
  if (!terminal || ::tcgetattr(terminal.get(), &before) != 0) {
    return fail("there is no terminal to ask for the password at",
                "give it by REDISCLI_AUTH or --pass-file FILE");
  }
  constexpr std::string_view kPrompt = "password: ";
  [[maybe_unused]] auto written = ::write(terminal.get(), kPrompt.data(), kPrompt.size());
  std::string text(kMostBytes, '\0');
  ssize_t got = 0;
  int error = 0;
  {
    const Silence silence(terminal.get(), before);
    got = ::read(terminal.get(), text.data(), text.size());
    error = errno;
  }
  written = ::write(terminal.get(), "\n", 1);
  if (got <= 0) return cannot_read("/dev/tty", got < 0 ? error : EPIPE);
  text.resize(static_cast<size_t>(got));
  return secret_line(text);
}

}  // namespace

Secret::~Secret() {
  OPENSSL_cleanse(text_.data(), text_.size());
}

Result<SharedSecret> find_password(const CredentialOptions& options) {
  if (!options.pass_file.empty()) return read_file(options.pass_file);
  if (options.ask) return ask_terminal();
  const char* const given = std::getenv("REDISCLI_AUTH");
  if (given == nullptr || *given == '\0') return SharedSecret();
  return std::make_shared<const Secret>(given);
}

}  // namespace rdbproof
