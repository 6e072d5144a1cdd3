// The beginning of a file: a window that suffices settles what the whole file settles.
#include "engine/rdb/prologue.h"

#include <algorithm>

#include "tests/fuzz/dump_mutator.h"
#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {
namespace {

constexpr uint64_t kMostDecompressed = uint64_t{1} << 20;

void check_same(const Prologue& window, const Prologue& whole) {
  FUZZ_CHECK(window.state == whole.state, "another state");
  FUZZ_CHECK(window.finding.code == whole.finding.code, "another finding");
  FUZZ_CHECK(window.finding.offset == whole.finding.offset, "a finding elsewhere");
  FUZZ_CHECK(window.file.dialect == whole.file.dialect, "another dialect");
  FUZZ_CHECK(window.file.version == whole.file.version, "another version");
  FUZZ_CHECK(window.file.rows == whole.file.rows, "another grammar");
  FUZZ_CHECK(window.file.templates == whole.file.templates, "other templates");
}

void run(Bytes input) {
  Limits limits;
  limits.max_decompressed_bytes = kMostDecompressed;
  const Prologue whole = read_prologue(input, true, limits);
  FUZZ_CHECK(whole.state != PrologueState::kNeedMore, "more than all there is");
  FUZZ_CHECK((whole.state == PrologueState::kFailed) == (whole.finding.code != Code::kNone),
             "a failure without a finding, or the other way round");
  FUZZ_CHECK(whole.finding.offset <= input.size(), "a finding outside");
  // Windows as a stream gives them: at most 16, the first ones and then a few.
  const size_t step = std::max<size_t>(1, input.size() / 16);
  for (size_t size = 0; size < input.size(); size += step) {
    const Prologue window = read_prologue(input.substr(0, size), false, limits);
    if (window.state != PrologueState::kNeedMore) check_same(window, whole);
  }
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  constexpr size_t kFront = 600;
  seeds.emplace_back(dump.bytes.substr(0, kFront));
}

const Registration kTarget{
    {.name = "prologue", .run = run, .seed = seed, .mutate = mutate_dump, .max_bytes = 1024}};

}  // namespace
}  // namespace rdbproof::fuzz
