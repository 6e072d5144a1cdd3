// rdbproof-generate: writes RDB files of any size without a server, the same for the same options.
#include <fmt/format.h>
#include <liblzf/lzf.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "bench/dump.h"
#include "bench/output_file.h"

namespace rdbproof::bench {
namespace {

struct Options {
  std::string profile;
  std::string output;
  uint64_t bytes = uint64_t{1} << 30;
  uint64_t seed = 1;
  unsigned version = 10;
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  bool compress = false;
};

size_t compress_lzf(Bytes input, char* output, size_t capacity) {
  return lzf_compress(input.data(), static_cast<unsigned>(input.size()), output,
                      static_cast<unsigned>(capacity));
}

Result<DumpCounts> generate(const Options& options) {
  TRY(OutputFile file, OutputFile::create(options.output));
  const auto profile = make_profile(options.profile, options.seed);
  const DumpPlan plan{.profile = profile.get(),
                      .bytes = options.bytes,
                      .seed = options.seed,
                      .version = options.version,
                      .threads = options.threads,
                      .compressor = options.compress ? compress_lzf : nullptr};
  RdbWriter out(file.descriptor());
  TRY(const DumpCounts counts, write_dump(plan, out));
  if (auto committed = file.commit(); !committed) return tl::unexpected(committed.error());
  return counts;
}

int run(const Options& options) {
  const auto start = std::chrono::steady_clock::now();
  const auto counts = generate(options);
  if (!counts) {
    fmt::print(stderr, "rdbproof-generate: {}\n", counts.error().message);
    if (!counts.error().hint.empty()) fmt::print(stderr, "  {}\n", counts.error().hint);
    return 2;
  }
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
  fmt::print("{}: {} bytes, {} keys, {} with expiry, {:.2f} s, {:.0f} MB/s\n", options.output,
             counts->bytes, counts->keys, counts->expiring, elapsed.count(),
             static_cast<double>(counts->bytes) / elapsed.count() / 1e6);
  return 0;
}

void describe(CLI::App& app, Options& options) {
  std::vector<std::string> names;
  std::string footer = "Profiles:\n";
  for (const ProfileKind& kind : profile_kinds()) {
    names.emplace_back(kind.name);
    footer += fmt::format("  {:<16} {}\n", kind.name, kind.description);
  }
  app.footer(footer);
  app.add_option("--profile", options.profile, "What the file holds")
      ->required()
      ->check(CLI::IsMember(names));
  app.add_option("--output", options.output, "The file to write")->required();
  app.add_option("--size", options.bytes, "Bytes, or with a unit: 64MiB, 2GB")
      ->transform(CLI::AsSizeValue(true))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Another seed gives other data")->capture_default_str();
  app.add_option("--rdb-version", options.version,
                 "9 (Redis 5 to 6.2), 10 (7.0), 11 (7.2) or 12 (7.4)")
      ->check(CLI::Range(9u, 12u))
      ->capture_default_str();
  app.add_option("--threads", options.threads, "The file does not depend on it")
      ->check(CLI::Range(1u, 1024u));
  app.add_flag("--compress", options.compress,
               "Compress strings as a server with rdbcompression yes does; slower");
}

}  // namespace
}  // namespace rdbproof::bench

int main(int argc, char** argv) {
  CLI::App app("Writes an RDB file for benchmarks and tests.", "rdbproof-generate");
  rdbproof::bench::Options options;
  rdbproof::bench::describe(app, options);
  CLI11_PARSE(app, argc, argv);
  return rdbproof::bench::run(options);
}
