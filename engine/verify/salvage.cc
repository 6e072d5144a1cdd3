#include "engine/verify/salvage.h"

#include <algorithm>

#include "engine/io/os.h"
#include "engine/io/output_file.h"
#include "engine/rdb/writer.h"

namespace rdbproof {
namespace {

constexpr uint64_t kMostFindings = 100'000;

// Where the records are that must not be copied, besides those that cannot be read anyway.
Result<std::vector<uint64_t>> places_to_leave_out(const SourceReport& source) {
  const FindingLog& log = source.log;
  if (log.total() > log.findings().size()) {
    return fail(display_name(source.source) +
                    " has too many findings to be salvaged: " + std::to_string(log.total()),
                "more is wrong than damage in places; look at its first findings");
  }
  std::vector<uint64_t> places;
  for (const Finding& finding : log.findings()) {
    const bool is_grave = kind_of(finding.code).severity >= Severity::kUnsupported;
    if (is_grave && finding.lost_bytes == 0) places.push_back(finding.offset);
  }
  std::ranges::sort(places);
  return places;
}

// Every key that was read and not left out must be in the copy, with its value.
Result<void> compare(const SourceReport& read, const SourceReport& copy,
                     const VerifyOptions& options) {
  if (copy.error) return tl::unexpected(*copy.error);
  const bool is_sound = copy.verdict <= Verdict::kReservations;
  const FingerprintText wanted = read.contents.fingerprint(options.evidence);
  const FingerprintText found = copy.contents.fingerprint(options.evidence);
  if (is_sound && wanted.content_and_expiry == found.content_and_expiry) return {};
  const std::string reason = is_sound ? "it does not hold what was read"
                                      : std::string(kind_of(copy.log.findings().front().code).slug);
  return fail("the salvaged copy did not pass its verification: " + reason,
              "nothing was written; please report this with the file");
}

}  // namespace

Result<SalvageReport> salvage(const std::string& source, const std::string& target, bool replace,
                              const VerifyOptions& caller_options) {
  VerifyOptions options = caller_options;
  options.predict_load = false;  // what one server thinks of a record is no reason to leave it out
  if (is_same_file(source, target)) {
    return fail("salvage does not replace its own source", "give another name");
  }
  if (source == "-") return fail("salvage reads its source twice, so it needs a file");
  TRY(OutputFile file, OutputFile::create(target, replace));
  VerifyOptions first = options;
  first.limits.max_findings = std::max(kMostFindings, options.limits.max_findings);
  SalvageReport report{verify_source(source, first), SourceReport(options)};
  if (report.source.error) return tl::unexpected(*report.source.error);
  if (!report.source.has_header) {
    return fail("nothing can be salvaged from " + display_name(source),
                std::string(kind_of(report.source.log.findings().front().code).sentence));
  }
  TRY(const std::vector<uint64_t> leave_out, places_to_leave_out(report.source));

  RdbWriter out(file.descriptor());
  out.header(report.source.rdb_version);
  VerifyOptions second = options;
  second.leave_out = &leave_out;
  second.write_records = [&out](const std::string& records) -> Result<void> {
    out.raw(records);
    return out.ok() ? Result<void>() : out.flush();
  };
  const SourceReport copied = verify_source(source, second);
  const Result<uint64_t> finished = out.finish();
  if (!finished) {
    return fail(display_name(target) + ": " + finished.error().message, finished.error().hint);
  }
  if (copied.error) return tl::unexpected(*copied.error);

  report.written = verify_source(file.readable_path(), options);
  report.written.source = target;
  TRY_VOID(compare(copied, report.written, options));
  TRY_VOID(file.commit());
  return report;
}

}  // namespace rdbproof
