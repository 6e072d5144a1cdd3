// What every command offers to main().
#pragma once

#include <CLI/CLI.hpp>
#include <cstdio>
#include <functional>
#include <string>

#include "engine/verify/verify.h"

namespace rdbproof {

// Exit statuses are a contract: 0 what was asked holds, 1 it does not, 2 could not find out.
enum ExitStatus { kHolds = 0, kDoesNotHold = 1, kUnknown = 2 };

// Each adds its subcommand to `app`; when the user calls it, `status` is set.
void add_verify_command(CLI::App& app, int& status);
void add_keys_command(CLI::App& app, int& status);
void add_diff_command(CLI::App& app, int& status);
void add_salvage_command(CLI::App& app, int& status);
void add_merge_command(CLI::App& app, int& status);

// Options that several commands share.
struct ReadOptions {
  unsigned threads = 0;  // 0: one a core
  uint64_t frame_bytes = uint64_t{1} << 20;
  bool redis_digest = false;
  bool evidence = false;
  bool strict = false;
  uint64_t max_memory = 0;  // 0: by default, see options.cc
  std::string temp_dir;
};

void add_read_options(CLI::App& command, ReadOptions& options);
VerifyOptions make_verify_options(const ReadOptions& options, bool compares_servers = false);

void add_strict_option(CLI::App& command, bool& strict);
ExitStatus exit_status(Verdict verdict, bool strict);

// Whether `stream` is a terminal that may be coloured (NO_COLOR is unset).
bool may_color(std::FILE* stream);

// Of this process so far. What is mapped from files counts while it is mapped.
uint64_t peak_memory_bytes();

// "rdbproof: message" and the hint, on standard error.
void print_error(const Error& error);

// Writes all of `text` to standard output. An error when that fails, as on a full disk.
Result<void> write_stdout(const std::string& text);

// Verifies one source with a progress bar where standard error is a terminal.
SourceReport verify_with_progress(const std::string& source, VerifyOptions options);

}  // namespace rdbproof
