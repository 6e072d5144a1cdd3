// rdbproof: proves what is in a Redis or Valkey backup.
#include <fmt/format.h>
#include <unistd.h>

#include <csignal>
#include <exception>
#include <new>

#include "tools/command.h"

namespace {

using namespace rdbproof;

// Nothing that we write needs care when interrupted.
extern "C" void end_on_interrupt(int /*signal*/) {
  constexpr char kMessage[] = "\nrdbproof: interrupted\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, kMessage, sizeof kMessage - 1);
  ::_exit(kUnknown);
}

int run(int argc, char** argv) {
  CLI::App app("Proves what is in a Redis or Valkey backup before a recovery depends on it.");
  app.name("rdbproof");
  app.set_version_flag("--version", "rdbproof 0.1.0");
  app.require_subcommand(1);
  app.footer("Exit status: 0 what was asked holds, 1 it does not, 2 could not find out.");
  int status = kUnknown;
  add_verify_command(app, status);
  add_keys_command(app, status);
  add_diff_command(app, status);
  add_salvage_command(app, status);
  add_merge_command(app, status);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kHolds : kUnknown;
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGINT, end_on_interrupt);
  std::signal(SIGTERM, end_on_interrupt);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is an error where we write
  try {
    return run(argc, argv);
  } catch (const std::bad_alloc&) {
    fmt::print(stderr, "rdbproof: out of memory\n");
  } catch (const std::exception& error) {
    fmt::print(stderr, "rdbproof: {}\n", error.what());
  }
  return kUnknown;
}
