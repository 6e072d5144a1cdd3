#include "engine/report/report_reader.h"

#include <algorithm>
#include <array>

#include "engine/base/text.h"
#include "engine/report/json_cursor.h"

namespace rdbproof {
namespace {

constexpr int kDeepest = 32;
// Objects are searched from their beginning: more members would take quadratic time.
constexpr size_t kMostMembers = 10'000;

Result<Json> parse(const std::string& text) {
  if (text.size() > kMostReportBytes) return fail("too large for a report");
  bool acceptable = true;
  std::array<size_t, kDeepest + 2> members{};
  const auto check = [&](int depth, Json::parse_event_t event, Json&) {
    if (depth > kDeepest) return acceptable = false;
    size_t& count = members[static_cast<size_t>(depth)];
    if (event == Json::parse_event_t::object_start) members[static_cast<size_t>(depth) + 1] = 0;
    if (event == Json::parse_event_t::key && ++count > kMostMembers) acceptable = false;
    return acceptable;
  };
  Json value = Json::parse(text, check, false);
  if (!acceptable) return fail("nested too deep, or an object with too many members");
  if (value.is_discarded()) return fail("not JSON");
  return value;
}

std::optional<Verdict> parse_verdict(const std::string& name) {
  for (const Verdict verdict : {Verdict::kOk, Verdict::kReservations, Verdict::kUnsupported,
                                Verdict::kRefused, Verdict::kDamaged}) {
    if (verdict_name(verdict) == name) return verdict;
  }
  return std::nullopt;
}

Result<SavedSource> read_source(const JsonCursor& cursor, const std::string& path, bool evidence,
                                bool redis_digest) {
  SavedSource source;
  source.name = cursor.member("source").text();
  const std::optional<Verdict> verdict = parse_verdict(cursor.member("verdict").text());
  if (!verdict) {
    cursor.member("verdict").reject("a verdict");
    return source;
  }
  source.verdict = *verdict;
  source.object = cursor.value();
  source.object.erase("performance");
  source.failed = source.object.contains("error");
  if (source.failed) return source;
  TRY(source.contents, read_contents(cursor.value(), path, evidence, redis_digest));
  return source;
}

// Same name, bytes, checksum and contents. Standard input and what could not be read have no name
// to tell them by; neither are two machines' files of one name the same if their bytes differ.
bool is_same(const SavedSource& a, const SavedSource& b) {
  if (a.failed || b.failed || a.name != b.name || a.name == "-") return false;
  for (const char* const name : {"bytes", "checksum", "keyspace"}) {
    if (a.object.value(name, Json()) != b.object.value(name, Json())) return false;
  }
  const FingerprintText x = render_fast(a.contents.fast);
  const FingerprintText y = render_fast(b.contents.fast);
  return x.content == y.content && x.content_and_expiry == y.content_and_expiry;
}

// Takes away what not all parts have.
void reduce(SavedReport& part, bool evidence, bool redis_digest) {
  for (SavedSource& source : part.sources) {
    if (source.failed) continue;
    if (part.evidence && !evidence) {
      source.contents.evidence.reset();
      source.object.erase("fast_fingerprint");
    }
    if (part.redis_digest && !redis_digest) {
      source.contents.digest.reset();
      for (const char* const name : {"redis_digest", "redis_digest_legacy", "redis_digest_sums"}) {
        source.object.erase(name);
      }
    }
    put_contents(source.object, source.contents);
  }
}

Result<void> check_distinct(const std::vector<SavedSource>& sources) {
  std::map<std::string, std::vector<const SavedSource*>> by_name;
  for (const SavedSource& source : sources) {
    for (const SavedSource* const other : by_name[source.name]) {
      if (is_same(source, *other)) {
        return fail(escape_for_terminal(source.name) + " is in the parts twice",
                    "its keys would count twice; give each part once");
      }
    }
    by_name[source.name].push_back(&source);
  }
  return {};
}

}  // namespace

Result<SavedReport> read_report(const std::string& text) {
  TRY(const Json value, parse(text));
  JsonFailure failure;
  const JsonCursor root(value, "", failure);
  if (root.member("schema").text() != "rdbproof.verify/1") {
    return fail("not a report of verify --json (schema rdbproof.verify/1)");
  }
  SavedReport report;
  const JsonCursor total = root.member("total");
  report.evidence = total.member("fingerprint").member("algorithm").text() == kEvidenceAlgorithm;
  report.redis_digest = total.value().is_object() && total.value().contains("redis_digest");
  std::optional<Error> error;
  size_t index = 0;
  root.member("sources").each([&](const JsonCursor& cursor) {
    if (error) return;
    const std::string path = "sources[" + std::to_string(index++) + "]";
    Result<SavedSource> source = read_source(cursor, path, report.evidence, report.redis_digest);
    if (!source) {
      error = source.error();
    } else {
      report.sources.push_back(std::move(*source));
    }
  });
  if (failure) return fail(*failure);
  if (error) return tl::unexpected(*error);
  return report;
}

Result<MergedReport> merge_reports(std::vector<SavedReport> parts) {
  MergedReport merged;
  SavedReport& report = merged.report;
  report.evidence = std::ranges::all_of(parts, &SavedReport::evidence);
  report.redis_digest = std::ranges::all_of(parts, &SavedReport::redis_digest);
  if (!report.evidence && std::ranges::any_of(parts, &SavedReport::evidence)) {
    merged.notes.emplace_back("not all parts have evidence fingerprints: the fast ones are merged");
  }
  if (!report.redis_digest && std::ranges::any_of(parts, &SavedReport::redis_digest)) {
    merged.notes.emplace_back("not all parts have Redis' digest: it is left out");
  }
  if (report.evidence) merged.total.evidence.emplace();
  if (report.redis_digest) merged.total.digest.emplace();
  for (SavedReport& part : parts) {
    reduce(part, report.evidence, report.redis_digest);
    for (SavedSource& source : part.sources) {
      merged.verdict = std::max(merged.verdict, source.verdict);
      if (!source.failed) merged.total.merge(source.contents);
      report.sources.push_back(std::move(source));
    }
  }
  TRY_VOID(check_distinct(report.sources));
  return merged;
}

std::string render_json(const MergedReport& merged) {
  Json object;
  object["schema"] = "rdbproof.verify/1";
  object["verdict"] = verdict_name(merged.verdict);
  object["sources"] = Json::array();
  for (const SavedSource& source : merged.report.sources)
    object["sources"].push_back(source.object);
  object["total"] = Json::object();
  put_contents(object["total"], merged.total);
  return escape_json_text(object.dump(2)) + "\n";
}

}  // namespace rdbproof
