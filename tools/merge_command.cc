#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>

#include "engine/report/report_reader.h"
#include "tools/command.h"

namespace rdbproof {
namespace {

struct MergeArguments {
  std::vector<std::string> parts;
  bool json = false;
  bool strict = false;
};

Result<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::string block(size_t{1} << 16, '\0');
  errno = 0;
  while (file && text.size() <= kMostReportBytes) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block, 0, static_cast<size_t>(file.gcount()));
  }
  if (file.bad() || (text.empty() && errno != 0)) {
    return fail(std::string("cannot read it: ") + std::strerror(errno));
  }
  return text;
}

Result<MergedReport> merge(const std::vector<std::string>& paths) {
  std::vector<SavedReport> parts;
  for (const std::string& path : paths) {
    const Result<std::string> text = read_text(path);
    Result<SavedReport> report =
        text ? read_report(*text) : Result<SavedReport>(tl::unexpected(text.error()));
    if (!report) {
      const Error& error = report.error();
      return fail(path + ": " + error.message, error.hint);
    }
    parts.push_back(std::move(*report));
  }
  return merge_reports(std::move(parts));
}

ExitStatus merge_parts(const MergeArguments& arguments) {
  const Result<MergedReport> merged = merge(arguments.parts);
  if (!merged) {
    print_error(merged.error());
    return kUnknown;
  }
  for (const std::string& note : merged->notes) print_error({note, {}});
  const Result<void> written = write_stdout(
      arguments.json ? render_json(*merged) : render_text(*merged, {may_color(stdout)}));
  if (!written) {
    print_error(written.error());
    return kUnknown;
  }
  return exit_status(merged->verdict, arguments.strict);
}

}  // namespace

void add_merge_command(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<MergeArguments>();
  CLI::App* const command =
      app.add_subcommand("merge", "One report from the reports of parts, as one run would give it");
  command->add_option("PART", arguments->parts, "What verify --json printed")->required();
  command->add_flag("--json", arguments->json, "Print one JSON object");
  command->add_flag("--strict", arguments->strict, "Exit 1 on reservations too");
  command->callback([arguments, &status] { status = merge_parts(*arguments); });
}

}  // namespace rdbproof
