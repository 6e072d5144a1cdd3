#include <memory>

#include "engine/proof/proof_file.h"
#include "engine/report/verify_report.h"
#include "tools/command.h"
#include "tools/servers.h"

namespace rdbproof {
namespace {

struct VerifyArguments {
  std::vector<std::string> sources;
  ReadOptions read;
  ServerOptions servers;
  bool json = false;
  bool quiet = false;
  bool profile = false;
  std::string save;
  uint64_t buckets = kDefaultBuckets;
  bool replace = false;
  std::string target;
};

// Of the files as they are stored; a pipe cannot be read twice.
void add_sha256(RunReport& run) {
  for (SourceReport& source : run.sources) {
    if (source.error || source.server || source.source == "-") continue;
    const Result<std::string> digest = sha256_of_file(source.source);
    if (digest) source.sha256 = *digest;
  }
}

Result<void> save_proof(const VerifyArguments& arguments, RunReport& run, Buckets buckets) {
  for (const SourceReport& source : run.sources) {
    if (source.error) return fail("no proof was saved: not all sources could be read");
  }
  add_sha256(run);
  return write_proof(arguments.save, arguments.replace, {render_json(run), std::move(buckets)});
}

ExitStatus verify(const VerifyArguments& arguments) {
  VerifyOptions options = make_verify_options(arguments.read);
  options.predict_load = true;
  options.profile = arguments.profile;
  if (!arguments.target.empty()) options.target = *parse_target(arguments.target);
  Result<Servers> servers = Servers::find(arguments.sources, arguments.servers, options.limits);
  if (!servers) {
    print_error(servers.error());
    return kUnknown;
  }
  options.find_server = [&](const std::string& source) { return servers->get(source); };
  Buckets buckets(arguments.save.empty() ? 1 : arguments.buckets);
  if (!arguments.save.empty()) {
    options.evidence = true;
    options.each_key = [&](const KeyFingerprint& key, uint64_t database) {
      buckets.add(key, database);
    };
  }
  RunReport run(options);
  for (const std::string& source : arguments.sources) {
    SourceReport report = verify_with_progress(source, run.options);
    if (report.error) print_error(*report.error);
    run.add(std::move(report));
  }
  run.peak_memory_bytes = peak_memory_bytes();
  if (!arguments.save.empty()) {
    const Result<void> saved = save_proof(arguments, run, std::move(buckets));
    if (!saved) {
      print_error(saved.error());
      return kUnknown;
    }
  }
  if (!arguments.quiet) {
    const std::string text =
        arguments.json ? render_json(run) : render_text(run, {may_color(stdout)});
    const Result<void> written = write_stdout(text);
    if (!written) {
      print_error(written.error());
      return kUnknown;
    }
  }
  return exit_status(run.verdict, arguments.read.strict);
}

}  // namespace

void add_verify_command(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* const command =
      app.add_subcommand("verify", "Is it sound, how many keys of each type, which fingerprint");
  command
      ->add_option(
          "SOURCE", arguments->sources,
          "RDB files, plain or compressed; - reads standard input; or servers: redis://HOST:PORT")
      ->required();
  command->add_flag("--json", arguments->json, "Print one JSON object");
  command->add_flag("-q,--quiet", arguments->quiet, "Print errors only; the exit status tells");
  command
      ->add_option("--target", arguments->target,
                   "Would this server load it? PRODUCT:VERSION, then as far as you know them "
                   ",databases=N ,cluster ,role=replica ,modules=A,B (default: the server that "
                   "wrote it)")
      ->check([](const std::string& text) {
        const Result<Target> target = parse_target(text);
        if (target) return std::string();
        return target.error().message +
               (target.error().hint.empty() ? "" : "\n" + target.error().hint);
      });
  command->add_option(
      "--save", arguments->save,
      "Save a proof: counts, fingerprints and sums by bucket, to compare with later "
      "without the data; implies --evidence");
  command
      ->add_option("--buckets", arguments->buckets,
                   "Buckets of the proof, a power of two (default: 65536)")
      ->check([](const std::string& text) {
        uint64_t count = 0;
        const bool is_number = CLI::detail::lexical_cast(text, count);
        return is_number && Buckets::is_valid_count(count)
                   ? std::string()
                   : "must be a power of two up to 16777216";
      });
  command->add_flag("--force", arguments->replace, "Replace that file if it exists");
  command->add_flag("--profile", arguments->profile,
                    "Also print where the time of the threads went; it takes a little longer then");
  add_read_options(*command, arguments->read);
  add_strict_option(*command, arguments->read.strict);
  add_server_options(*command, arguments->servers);
  command->callback([arguments, &status] { status = verify(*arguments); });
}

}  // namespace rdbproof
