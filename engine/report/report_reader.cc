#include "engine/report/report_reader.h"

#include <algorithm>
#include <set>

#include "engine/base/text.h"
#include "engine/report/json_cursor.h"

namespace rdbproof {
namespace {

constexpr size_t kDeepest = 32;
// Objects are searched from their beginning: more members would take quadratic time.
constexpr size_t kMostMembers = 10'000;
// Each takes some 30 bytes of memory, whatever its text is.
constexpr size_t kMostValues = 8'000'000;

// Looks whether a text may be parsed: that builds values, and some are cheap to ask for.
class Measure final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return value(); }
  bool boolean(bool /*value*/) override { return value(); }
  bool number_integer(Json::number_integer_t /*value*/) override { return value(); }
  bool number_unsigned(Json::number_unsigned_t /*value*/) override { return value(); }
  bool number_float(Json::number_float_t /*value*/, const std::string& /*text*/) override {
    return value();
  }
  bool string(std::string& /*value*/) override { return value(); }
  bool binary(Json::binary_t& /*value*/) override { return value(); }
  bool start_object(size_t /*members*/) override { return begin(); }
  bool key(std::string& /*name*/) override { return accept(++members_.back() <= kMostMembers); }
  bool end_object() override { return end(); }
  bool start_array(size_t /*items*/) override { return begin(); }
  bool end_array() override { return end(); }
  bool parse_error(size_t /*at*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }

  bool is_too_large() const { return is_too_large_; }

 private:
  bool accept(bool acceptable) {
    is_too_large_ = is_too_large_ || !acceptable;
    return acceptable;
  }
  bool value() { return accept(++values_ <= kMostValues); }
  bool begin() {
    members_.push_back(0);
    return value() && accept(members_.size() <= kDeepest);
  }
  bool end() {
    members_.pop_back();
    return true;
  }

  std::vector<size_t> members_;  // by level
  size_t values_ = 0;
  bool is_too_large_ = false;
};

Result<Json> parse(const std::string& text) {
  if (text.size() > kMostReportBytes) return fail("too large for a report");
  Measure measure;
  const bool is_json = Json::sax_parse(text, &measure);
  if (measure.is_too_large()) {
    return fail("nested too deep, an object with too many members, or too many values");
  }
  if (!is_json) return fail("not JSON");
  return Json::parse(text, nullptr, false);
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
  // Before it was told, only refusals hid whether values could not be read.
  const auto told = source.object.find("read_whole");
  source.is_whole = told != source.object.end() && told->is_boolean()
                        ? told->get<bool>()
                        : source.verdict <= Verdict::kReservations;
  TRY(source.contents, read_contents(cursor.value(), path, evidence, redis_digest));
  return source;
}

// Name, bytes, checksum and contents. Standard input and what could not be read have no name to
// tell them by; neither are two machines' files of one name the same if their bytes differ.
std::string identity_of(const SavedSource& source) {
  const FingerprintText contents = render_fast(source.contents.fast);
  return Json{source.name, source.object.value("bytes", Json()),
              source.object.value("checksum", Json()), contents.content,
              contents.content_and_expiry}
      .dump(-1, ' ', true, Json::error_handler_t::replace);
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
  std::set<std::string> known;
  for (const SavedSource& source : sources) {
    if (source.failed || source.name == "-") continue;
    if (!known.insert(identity_of(source)).second) {
      return fail(escape_for_terminal(source.name) + " is in the parts twice",
                  "its keys would count twice; give each part once");
    }
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

MergedReport add_reports(std::vector<SavedReport> parts) {
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
  return merged;
}

Result<MergedReport> merge_reports(std::vector<SavedReport> parts) {
  MergedReport merged = add_reports(std::move(parts));
  TRY_VOID(check_distinct(merged.report.sources));
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
