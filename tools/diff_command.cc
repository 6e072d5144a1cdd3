#include <algorithm>
#include <memory>

#include "engine/diff/diff.h"
#include "engine/proof/proof_diff.h"
#include "engine/proof/proof_file.h"
#include "engine/report/diff_report.h"
#include "engine/report/difference_writer.h"
#include "tools/command.h"
#include "tools/servers.h"

namespace rdbproof {
namespace {

struct DiffArguments {
  std::vector<std::string> sources;
  std::vector<std::string> with;
  ReadOptions read;
  ServerOptions servers;
  KeyFilterOptions filter;
  CompareOptions compare;
  uint64_t limit = 20;
  unsigned rounds = 3;
  std::string output;
  bool replace = false;
  bool ignore_functions = false;
  bool deep = false;
  bool show_values = false;
  bool json = false;
  bool quiet = false;
};

ExitStatus exit_status(DiffVerdict verdict) {
  switch (verdict) {
    case DiffVerdict::kSame:
      return kHolds;
    case DiffVerdict::kDifferent:
      return kDoesNotHold;
    case DiffVerdict::kInconclusive:
      return kUnknown;
  }
  return kUnknown;
}

using Sides = std::pair<std::vector<std::string>, std::vector<std::string>>;

Result<Sides> sides_of(const DiffArguments& arguments) {
  if (!arguments.with.empty()) return Sides{arguments.sources, arguments.with};
  if (arguments.sources.size() == 2) return Sides{{arguments.sources[0]}, {arguments.sources[1]}};
  return fail("diff compares two sources",
              "diff A B, or for data sets in several files: diff A1 A2 --with B1 B2");
}

// A proof knows sums, and no keys.
Result<ExitStatus> compare_proof(const DiffArguments& arguments, const Sides& sides,
                                 const DiffOptions& diff_options) {
  if (!diff_options.filter->wants_all() || arguments.deep ||
      arguments.compare.expiry_tolerance_ms != 0) {
    return fail(
        "a proof holds sums over all keys: it cannot be compared by part, in depth or with "
        "a tolerance",
        "leave out --db, --type, --match, --exclude, --regex, --deep, --expiry-tolerance");
  }
  ProofDiffOptions options;
  options.verify = diff_options.verify;
  options.ignore_expiry = arguments.compare.ignore_expiry;
  options.shown = arguments.limit;
  options.functions = diff_options.functions;
  options.write = diff_options.write;
  options.read_source = diff_options.read_source;
  TRY(const ProofDiffReport report, diff_with_proof(sides.first, sides.second, options));
  if (!arguments.quiet) {
    TRY_VOID(write_stdout(arguments.json ? render_json(report)
                                         : render_text(report, may_color(stdout))));
  }
  return exit_status(report.verdict);
}

// Whether a side is one.
Result<bool> has_proof(const Sides& sides) {
  bool any = false;
  for (const std::vector<std::string>* const side : {&sides.first, &sides.second}) {
    if (!std::ranges::any_of(*side, is_proof)) continue;
    if (side->size() != 1) {
      return fail("a proof must be all of its side", "add up those of shards: merge --save");
    }
    any = true;
  }
  return any;
}

Result<ExitStatus> run(const DiffArguments& arguments) {
  TRY(const Sides sides, sides_of(arguments));
  DiffOptions options;
  std::vector<std::string> all = arguments.sources;
  all.insert(all.end(), arguments.with.begin(), arguments.with.end());
  options.verify = make_verify_options(arguments.read, std::ranges::any_of(all, is_server_address));
  options.compare = arguments.compare;
  TRY(const KeyFilter filter, KeyFilter::make(arguments.filter));
  options.filter = &filter;
  options.shown = arguments.limit;
  options.deep = arguments.deep;
  options.rounds = arguments.rounds;
  options.functions = !arguments.ignore_functions;
  options.read_source = verify_with_progress;
  TRY(Servers servers, Servers::find(all, arguments.servers, options.verify.limits));
  options.verify.find_server = [&](const std::string& source) { return servers.get(source); };
  std::unique_ptr<DifferenceWriter> writer;
  if (!arguments.output.empty()) {
    TRY(writer,
        DifferenceWriter::create(arguments.output, arguments.replace, arguments.show_values));
    options.write = [&](const NamedDifference& difference) { return writer->add(difference); };
  }
  TRY(const bool compares_proof, has_proof(sides));
  if (compares_proof) {
    TRY(const ExitStatus status, compare_proof(arguments, sides, options));
    if (writer) {
      TRY_VOID(writer->commit());
    }
    return status;
  }
  TRY(const DiffReport report, diff_sources(sides.first, sides.second, options));
  if (writer) {
    TRY_VOID(writer->commit());
  }
  if (!arguments.quiet) {
    const DiffReportOptions how{
        options.verify, {may_color(stdout)}, arguments.show_values, peak_memory_bytes()};
    TRY_VOID(write_stdout(arguments.json ? render_json(report, how) : render_text(report, how)));
  }
  return exit_status(report.verdict);
}

ExitStatus diff(const DiffArguments& arguments) {
  const Result<ExitStatus> status = run(arguments);
  if (status) return *status;
  print_error(status.error());
  return kUnknown;
}

}  // namespace

void add_diff_command(CLI::App& app, int& status) {
  const auto arguments = std::make_shared<DiffArguments>();
  CLI::App* const command = app.add_subcommand("diff", "Which keys differ between two data sets");
  command
      ->add_option("SOURCE", arguments->sources,
                   "Two RDB files, plain or compressed, or servers (redis://HOST:PORT); - reads "
                   "standard input. With --with, the "
                   "files of the first data set")
      ->required();
  command->add_option("--with", arguments->with, "The files of the second data set");
  command->add_flag("--ignore-expiry", arguments->compare.ignore_expiry,
                    "Keys that expire at different times are the same");
  command
      ->add_option("--expiry-tolerance", arguments->compare.expiry_tolerance_ms,
                   "Up to so far apart, expiries are the same: 500ms, 2s (default: 0)")
      ->transform(CLI::AsNumberWithUnit(
          std::map<std::string, uint64_t>{
              {"ms", 1}, {"s", 1000}, {"min", 60'000}, {"h", 3'600'000}},
          CLI::AsNumberWithUnit::CASE_SENSITIVE));
  command->add_flag("--ignore-functions", arguments->ignore_functions,
                    "Do not compare function libraries; with --db, --type and the like they never "
                    "are");
  command->add_option("--db", arguments->filter.databases, "Keys of this database only; repeatable")
      ->allow_extra_args(false);
  command
      ->add_option("--type", arguments->filter.types,
                   "Keys of this type only, as TYPE answers it; repeatable")
      ->allow_extra_args(false);
  command
      ->add_option("--match", arguments->filter.match,
                   "Keys whose name matches this pattern only, as in KEYS; repeatable")
      ->allow_extra_args(false);
  command
      ->add_option("--exclude", arguments->filter.exclude,
                   "Not the keys whose name matches this pattern; repeatable")
      ->allow_extra_args(false);
  command->add_option("--regex", arguments->filter.regex,
                      "Keys in whose name this regular expression (RE2) is found only");
  command
      ->add_option("--rounds", arguments->rounds,
                   "How often to look again at keys that differ from a live server (default: 3)")
      ->check(CLI::Range(1, 100));
  command->add_option("--limit", arguments->limit,
                      "Differences to show (default: 20); the first, in the order of the sources");
  command->add_option("--output", arguments->output,
                      "Write all differences to this file: one JSON object a line if its name ends "
                      "in .ndjson, a table if in .csv");
  command->add_flag("--force", arguments->replace, "Replace that file if it exists");
  command->add_flag("--deep", arguments->deep, "Say how the values differ");
  command->add_flag("--show-values", arguments->show_values,
                    "With --deep, show what stands in the values");
  command->add_flag("--json", arguments->json, "Print one JSON object");
  command->add_flag("-q,--quiet", arguments->quiet, "Print errors only; the exit status tells");
  add_read_options(*command, arguments->read);
  add_server_options(*command, arguments->servers);
  command->callback([arguments, &status] { status = diff(*arguments); });
}

}  // namespace rdbproof
