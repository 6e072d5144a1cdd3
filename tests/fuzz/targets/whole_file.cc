// A whole file, with everything that verify can be asked for. The report does not depend on threads
// and frames, is sound JSON, and shows nothing that a terminal interprets.
#include <nlohmann/json.hpp>

#include "engine/hash/crc64.h"
#include "engine/io/sniff.h"
#include "engine/report/key_format.h"
#include "engine/report/verify_report.h"
#include "tests/fuzz/dump_mutator.h"
#include "tests/fuzz/memory_file.h"
#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {
namespace {

constexpr int64_t kNowMs = 1'700'000'000'000;
constexpr uint64_t kMostDecompressed = uint64_t{4} << 20;

struct Shown {
  Verdict verdict = Verdict::kOk;
  std::string json;
  std::string text;
  std::string rows;
};

VerifyOptions all_options() {
  VerifyOptions options;
  options.redis_digest = true;
  options.evidence = true;
  options.now_ms = kNowMs;
  options.limits.max_decompressed_bytes = kMostDecompressed;
  return options;
}

void check_report(const SourceReport& report, size_t size) {
  FUZZ_CHECK(!report.error, report.error->message);
  FUZZ_CHECK(report.bytes == size, "not all bytes were read");
  FUZZ_CHECK(report.log.lost_bytes() <= size, "more unread than there is");
  for (const Finding& finding : report.log.findings()) {
    FUZZ_CHECK(finding.offset <= size, std::string(kind_of(finding.code).slug) + " is outside");
  }
  if (report.verdict != Verdict::kOk) return;
  FUZZ_CHECK(report.checksum.status == ChecksumStatus::kMatch, "ok without a checksum");
  FUZZ_CHECK(report.log.lost_bytes() == 0, "ok, but not read");
}

Shown verify(const std::string& path, size_t size, unsigned threads, uint64_t frame_bytes) {
  static const JsonKeyFormat kFormat;
  Shown shown;
  VerifyOptions options = all_options();
  options.rows = &kFormat;
  options.write_rows = [&](const std::string& lines) -> Result<void> {
    shown.rows += lines;
    return {};
  };
  RunReport run(options);  // as if all had been run with the same options
  options.threads = threads;
  options.frame_bytes = frame_bytes;
  SourceReport report = verify_source(path, options);
  check_report(report, size);
  report.source = "file";
  report.seconds = 0;
  shown.verdict = report.verdict;
  run.add(std::move(report));
  shown.json = render_json(run);
  shown.text = render_text(run, {});
  return shown;
}

void check_lines(const std::string& text) {
  for (const char c : text) {
    FUZZ_CHECK(c == '\n' || (static_cast<uint8_t>(c) >= 32 && c != 127), text);
  }
}

void check_json_lines(Bytes lines) {
  while (!lines.empty()) {
    const size_t end = lines.find('\n');
    FUZZ_CHECK(end != Bytes::npos, "a line without an end");
    FUZZ_CHECK(nlohmann::json::accept(lines.substr(0, end)), std::string(lines.substr(0, end)));
    lines.remove_prefix(end + 1);
  }
}

void check_same(const Shown& other, const Shown& expected) {
  FUZZ_CHECK(other.verdict == expected.verdict, expected.json + other.json);
  FUZZ_CHECK(other.json == expected.json, expected.json + other.json);
  FUZZ_CHECK(other.text == expected.text, expected.text + other.text);
  FUZZ_CHECK(other.rows == expected.rows, expected.rows + other.rows);
}

void run(Bytes input) {
  // Other targets decompress; here it would only cost time.
  if (sniff(input, true)->compression != Compression::kNone) return;
  const MemoryFile file(input);
  const Shown expected = verify(file.path(), input.size(), 1, uint64_t{1} << 20);
  check_lines(expected.text);
  check_lines(expected.json);
  FUZZ_CHECK(nlohmann::json::accept(expected.json), expected.json);
  check_json_lines(expected.rows);
  check_same(verify(file.path(), input.size(), 3, 1), expected);
  if (crc64(0, input) % 8 == 0) check_same(verify(file.path(), input.size(), 1, 97), expected);
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  seeds.emplace_back(dump.bytes);
}

const Registration kTarget{{.name = "whole_file",
                            .run = run,
                            .seed = seed,
                            .mutate = mutate_dump,
                            .share = 6,
                            .max_bytes = 1 << 13}};

}  // namespace
}  // namespace rdbproof::fuzz
