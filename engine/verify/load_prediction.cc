#include "engine/verify/load_prediction.h"

#include <algorithm>

namespace rdbproof {
namespace {

std::string_view version_aux(Dialect dialect) {
  switch (dialect) {
    case Dialect::kValkey:
      return "valkey-ver";
    case Dialect::kDragonfly:
      return "df-ver";
    case Dialect::kRedis:
    case Dialect::kKeyDb:
      return "redis-ver";
  }
  return {};
}

std::string_view writer_version(const SourceReport& report) {
  const std::string_view wanted = version_aux(report.dialect);
  const auto found =
      std::ranges::find(report.aux, wanted, [](const auto& field) { return field.first; });
  return found == report.aux.end() ? std::string_view() : std::string_view(found->second);
}

FileFacts facts_of(const SourceReport& report, const FileContext* file, const LoadFacts& learned) {
  FileFacts facts;
  facts.file = file;
  facts.compression = report.compression;
  facts.dialect = report.dialect;
  facts.writer_version = writer_version(report);
  facts.used = &learned.used;
  facts.needs = &learned.needs;
  facts.keyspace = &report.contents.keyspace;
  facts.first_gap = learned.first_gap;
  for (const FindingKind& kind : kFindingKinds) {
    facts.findings[static_cast<size_t>(kind.code)] = {report.log.count(kind.code),
                                                      report.log.first_offset(kind.code)};
  }
  return facts;
}

}  // namespace

void predict_load(SourceReport& report, const VerifyOptions& options, const FileContext* file,
                  const LoadFacts& learned) {
  if (!options.predict_load) return;
  const FileFacts facts = facts_of(report, file, learned);
  const std::optional<Target> target = options.target ? options.target : default_target(facts);
  if (!target) return;
  report.load = predict(facts, *target);
  for (Finding& finding : report.load->findings()) report.log.add(std::move(finding));
}

}  // namespace rdbproof
