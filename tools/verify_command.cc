#include <memory>

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
  std::string target;
};

ExitStatus verify(const VerifyArguments& arguments) {
  VerifyOptions options = make_verify_options(arguments.read);
  options.predict_load = true;
  options.profile = arguments.profile;
  if (!arguments.target.empty()) options.target = *parse_target(arguments.target);
  Result<Servers> servers =
      Servers::find(arguments.sources, arguments.servers, arguments.read.temp_dir);
  if (!servers) {
    print_error(servers.error());
    return kUnknown;
  }
  options.find_server = [&](const std::string& source) { return servers->get(source); };
  RunReport run(options);
  for (const std::string& source : arguments.sources) {
    SourceReport report = verify_with_progress(source, run.options);
    if (report.error) print_error(*report.error);
    run.add(std::move(report));
  }
  run.peak_memory_bytes = peak_memory_bytes();
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
  command->add_flag("--profile", arguments->profile,
                    "Also print where the time of the threads went; it takes a little longer then");
  add_read_options(*command, arguments->read);
  add_server_options(*command, arguments->servers);
  command->callback([arguments, &status] { status = verify(*arguments); });
}

}  // namespace rdbproof
