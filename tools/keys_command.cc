#include <fmt/format.h>

#include <memory>

#include "engine/base/text.h"
#include "engine/report/key_format.h"
#include "tools/command.h"
#include "tools/servers.h"

namespace rdbproof {
namespace {

struct KeysArguments {
  std::string source;
  ReadOptions read;
  ServerOptions servers;
  bool json = false;
};

// Findings go to standard error: standard output holds keys only.
void print_findings(const SourceReport& report) {
  for (const Finding& finding : report.log.findings()) {
    const FindingKind& kind = kind_of(finding.code);
    if (kind.severity < Severity::kUnsupported) continue;
    const std::string key =
        finding.has_key ? fmt::format(", key \"{}\"", escape_for_terminal(finding.key, 120)) : "";
    fmt::print(stderr, "rdbproof: {}: {} at offset {}{}: {}\n", escape_for_terminal(report.source),
               kind.slug, finding.offset, key, kind.sentence);
  }
}

ExitStatus list_keys(const KeysArguments& arguments) {
  const JsonKeyFormat json;
  const TextKeyFormat text;
  VerifyOptions options = make_verify_options(arguments.read);
  options.rows = arguments.json ? static_cast<const KeyRowFormat*>(&json) : &text;
  options.write_rows = write_stdout;
  Result<Servers> servers = Servers::find({arguments.source}, arguments.servers, options.limits);
  if (!servers) {
    print_error(servers.error());
    return kUnknown;
  }
  options.find_server = [&](const std::string& source) { return servers->get(source); };
  if (!arguments.json) {
    const Result<void> written = write_stdout(TextKeyFormat::heading(options.redis_digest));
    if (!written) {
      print_error(written.error());
      return kUnknown;
    }
  }
  const SourceReport report = verify_with_progress(arguments.source, options);
  if (report.error) {
    print_error(*report.error);
    return kUnknown;
  }
  print_findings(report);
  return exit_status(report.verdict, arguments.read.strict);
}

}  // namespace

void add_keys_command(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<KeysArguments>();
  CLI::App* const command = app.add_subcommand("keys", "One line a key, in the order of the file");
  command
      ->add_option("SOURCE", arguments->source,
                   "An RDB file, plain or compressed; - reads standard input; or a server: "
                   "redis://HOST:PORT")
      ->required();
  command->add_flag("--json", arguments->json, "Print one JSON object a line");
  add_read_options(*command, arguments->read);
  add_strict_option(*command, arguments->read.strict);
  add_server_options(*command, arguments->servers);
  command->callback([arguments, &status] { status = list_keys(*arguments); });
}

}  // namespace rdbproof
