#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "engine/base/wall_clock.h"
#include "engine/io/os.h"
#include "engine/report/progress_bar.h"
#include "tools/command.h"

namespace rdbproof {
namespace {

// A server is slower than the disk to which records go that do not fit.
uint64_t default_max_memory(bool compares_servers) {
  const auto pages = static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES));
  const auto page_bytes = static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
  return std::min(pages * page_bytes / 4, uint64_t{1} << (compares_servers ? 29 : 30));
}

}  // namespace

void add_read_options(CLI::App& command, ReadOptions& options) {
  command.add_option("--threads", options.threads, "Worker threads (default: one a core)")
      ->check(CLI::Range(1, 1024));
  command
      .add_option(
          "--frame-bytes", options.frame_bytes,
          "Bytes that a worker takes at a time; for tests, the report does not depend on it")
      ->check(CLI::Range(uint64_t{1}, uint64_t{1} << 30));
  command.add_flag("--redis-digest", options.redis_digest,
                   "Compute DEBUG DIGEST over all keys of the file, expired ones included");
  command.add_flag("--evidence", options.evidence,
                   "Fingerprint that withstands an author of the data who wants a collision");
  command
      .add_option(
          "--max-memory", options.max_memory,
          "Memory: half of it for the marks of keys, half for values to decompress (default: "
          "a quarter of the machine, 1 GiB at most, 512 MiB to compare servers)")
      ->transform(CLI::AsSizeValue(false));
  command
      .add_option("--temp-dir", options.temp_dir,
                  "Directory for what does not fit into that memory (default: $TMPDIR, or "
                  "/var/tmp)")
      ->check(CLI::ExistingDirectory);
}

void add_strict_option(CLI::App& command, bool& strict) {
  command.add_flag("--strict", strict, "Exit 1 on reservations too");
}

VerifyOptions make_verify_options(const ReadOptions& options, bool compares_servers) {
  VerifyOptions result;
  result.threads =
      options.threads != 0 ? options.threads : std::max(1u, std::thread::hardware_concurrency());
  result.frame_bytes = options.frame_bytes;
  result.redis_digest = options.redis_digest;
  result.evidence = options.evidence;
  const uint64_t max_memory =
      options.max_memory != 0 ? options.max_memory : default_max_memory(compares_servers);
  result.limits.max_index_bytes = max_memory / 2;
  result.limits.max_decompressed_bytes = max_memory / 2;
  result.temp_dir = options.temp_dir;
  result.now_ms = wall_clock_ms();
  return result;
}

ExitStatus exit_status(Verdict verdict, bool strict) {
  switch (verdict) {
    case Verdict::kOk:
      return kHolds;
    case Verdict::kReservations:
      return strict ? kDoesNotHold : kHolds;
    case Verdict::kUnsupported:
      return kUnknown;
    case Verdict::kRefused:
    case Verdict::kDamaged:
      return kDoesNotHold;
  }
  return kUnknown;
}

bool may_color(std::FILE* stream) {
  const char* const no_color = std::getenv("NO_COLOR");
  if (no_color != nullptr && *no_color != '\0') return false;
  const char* const terminal = std::getenv("TERM");
  if (terminal != nullptr && std::strcmp(terminal, "dumb") == 0) return false;
  return ::isatty(::fileno(stream)) == 1;
}

uint64_t peak_memory_bytes() {
  struct rusage usage {};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

void print_error(const Error& error) {
  fmt::print(stderr, "rdbproof: {}\n", error.message);
  if (!error.hint.empty()) fmt::print(stderr, "  {}\n", error.hint);
}

Result<void> write_stdout(const std::string& text) {
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (written && std::fflush(stdout) == 0) return {};
  // Whoever reads us has seen enough, as head does.
  if (errno == EPIPE) std::_Exit(kUnknown);
  return fail(fmt::format("cannot write to standard output: {}", std::strerror(errno)));
}

SourceReport verify_with_progress(const std::string& source, VerifyOptions options) {
  std::optional<ProgressBar> bar;
  if (::isatty(STDERR_FILENO) == 1) {
    bar.emplace(stderr, source, regular_file_size(source));
    options.progress = [&bar, also = options.progress](uint64_t done) {
      bar->update(done);
      if (also) also(done);
    };
  }
  return verify_source(source, options);
}

}  // namespace rdbproof
