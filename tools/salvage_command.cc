#include <memory>

#include "engine/report/salvage_report.h"
#include "engine/verify/salvage.h"
#include "tools/command.h"

namespace rdbproof {
namespace {

struct SalvageArguments {
  std::string source;
  std::string target;
  ReadOptions read;
  bool replace = false;
  bool json = false;
};

ExitStatus salvage_file(const SalvageArguments& arguments) {
  const VerifyOptions options = make_verify_options(arguments.read);
  const Result<SalvageReport> report =
      salvage(arguments.source, arguments.target, arguments.replace, options);
  if (!report) {
    print_error(report.error());
    return kUnknown;
  }
  const std::string text = arguments.json ? render_json(*report, options)
                                          : render_text(*report, options, {may_color(stdout)});
  const Result<void> written = write_stdout(text);
  if (!written) {
    print_error(written.error());
    return kUnknown;
  }
  return exit_status(report->source.verdict, arguments.read.strict);
}

}  // namespace

void add_salvage_command(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<SalvageArguments>();
  CLI::App* const command =
      app.add_subcommand("salvage", "Write a clean RDB file of what is intact in a damaged one");
  command->add_option("SOURCE", arguments->source, "An RDB file, plain or compressed")->required();
  command->add_option("FILE", arguments->target, "The file to write; it must not exist")
      ->required();
  command->add_flag("--force", arguments->replace, "Replace FILE if it exists");
  command->add_flag("--json", arguments->json, "Print one JSON object");
  add_read_options(*command, arguments->read);
  add_strict_option(*command, arguments->read.strict);
  command->callback([arguments, &status] { status = salvage_file(*arguments); });
}

}  // namespace rdbproof
