#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>

#include "engine/proof/proof_file.h"
#include "engine/report/report_reader.h"
#include "tools/command.h"

namespace rdbproof {
namespace {

struct MergeArguments {
  std::vector<std::string> parts;
  bool json = false;
  std::string save;
  bool replace = false;
  bool strict = false;
};

Result<std::string> read_text(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return fail(std::string("cannot open it: ") + std::strerror(errno));
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

// The report in a file; of a proof it adds up the buckets.
Result<std::string> read_part(const std::string& path, std::optional<Buckets>& buckets,
                              bool& are_all_proofs) {
  if (!is_proof(path)) {
    are_all_proofs = false;
    return read_text(path);
  }
  TRY(Proof proof, read_proof(path));
  if (!buckets) {
    buckets = std::move(proof.buckets);
  } else if (buckets->entries().size() == proof.buckets.entries().size()) {
    buckets->merge(proof.buckets);
  } else {
    return fail("it has another number of buckets than those before it");
  }
  return std::move(proof.report);
}

struct Merged {
  MergedReport report;
  std::optional<Buckets> buckets;  // of all parts, if all are proofs
};

Result<Merged> merge(const std::vector<std::string>& paths) {
  std::vector<SavedReport> parts;
  std::optional<Buckets> buckets;
  bool are_all_proofs = true;
  for (const std::string& path : paths) {
    const Result<std::string> text = read_part(path, buckets, are_all_proofs);
    Result<SavedReport> report =
        text ? read_report(*text) : Result<SavedReport>(tl::unexpected(text.error()));
    if (!text && is_proof(path)) return tl::unexpected(text.error());  // it names the file
    if (!report) {
      const Error& error = report.error();
      return fail(path + ": " + error.message, error.hint);
    }
    parts.push_back(std::move(*report));
  }
  TRY(MergedReport report, merge_reports(std::move(parts)));
  if (!are_all_proofs) buckets.reset();
  return Merged{std::move(report), std::move(buckets)};
}

Result<void> save(const MergeArguments& arguments, Merged& merged) {
  if (!merged.buckets) {
    return fail("only proofs make a proof: some parts are reports", "leave out --save");
  }
  return write_proof(arguments.save, arguments.replace,
                     {render_json(merged.report), std::move(*merged.buckets)});
}

ExitStatus merge_parts(const MergeArguments& arguments) {
  Result<Merged> merged = merge(arguments.parts);
  if (!merged) {
    print_error(merged.error());
    return kUnknown;
  }
  const MergedReport& report = merged->report;
  for (const std::string& note : report.notes) print_error({note, {}});
  Result<void> written;
  if (!arguments.save.empty()) written = save(arguments, *merged);
  if (written) {
    written = write_stdout(arguments.json ? render_json(report)
                                          : render_text(report, {may_color(stdout)}));
  }
  if (!written) {
    print_error(written.error());
    return kUnknown;
  }
  return exit_status(report.verdict, arguments.strict);
}

}  // namespace

void add_merge_command(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<MergeArguments>();
  CLI::App* const command =
      app.add_subcommand("merge", "One report from the reports of parts, as one run would give it");
  command->add_option("PART", arguments->parts, "Proofs, and what verify --json printed")
      ->required();
  command->add_flag("--json", arguments->json, "Print one JSON object");
  command->add_option("--save", arguments->save, "Save the proof of all; the parts must be proofs");
  command->add_flag("--force", arguments->replace, "Replace that file if it exists");
  add_strict_option(*command, arguments->strict);
  command->callback([arguments, &status] { status = merge_parts(*arguments); });
}

}  // namespace rdbproof
