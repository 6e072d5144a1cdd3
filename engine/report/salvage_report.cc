#include "engine/report/salvage_report.h"

#include <fmt/format.h>

#include "engine/base/text.h"
#include "engine/report/report_parts.h"
#include "engine/report/units.h"

namespace rdbproof {
namespace {

uint64_t count_keys(const SourceReport& source) {
  uint64_t keys = 0;
  for (const auto& [number, database] : source.contents.keyspace.databases()) {
    keys += database.keys();
  }
  return keys;
}

bool is_proven(const SourceReport& source) {
  return source.checksum.status == ChecksumStatus::kMatch;
}

}  // namespace

std::string render_text(const SalvageReport& report, const VerifyOptions& options,
                        const TextStyle& style) {
  const SourceReport& copy = report.written;
  std::string out = render_heading(report.source, style);
  out += render_findings(report.source.log, style);
  out += render_lost(report.source);
  if (!is_proven(report.source)) {
    out +=
        "  its checksum does not vouch for it: values may have been altered without a trace, and\n"
        "  the checksum of the copy says only that nothing was altered since\n";
  }
  out += fmt::format("\n{}", render_heading(copy, style));
  const FingerprintText text = copy.contents.fingerprint(options.evidence);
  out += fmt::format("  {} keys, {}, verified before it got its name\n",
                     format_count(count_keys(copy)), format_bytes(copy.bytes));
  out += fmt::format("  fingerprint ({})\n    content             {}\n    content and expiry  {}\n",
                     text.algorithm, text.content, text.content_and_expiry);
  return out;
}

std::string render_json(const SalvageReport& report, const VerifyOptions& options) {
  const RunReport run(options);
  Json object;
  object["schema"] = "rdbproof.salvage/1";
  object["source"] = source_json(report.source, run);
  object["written"] = source_json(report.written, run);
  object["content_proven"] = is_proven(report.source);
  object["keys"] = count_keys(report.written);
  return object.dump(2) + "\n";
}

}  // namespace rdbproof
