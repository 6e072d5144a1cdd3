// Module tokens: reading and passing agree on where they end and whether they are sound.
#include "engine/rdb/module_tokens.h"

#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {
namespace {

void run(Bytes input) {
  Cursor reading(input, 0);
  Cursor passing(input, 0);
  TextArena arena;
  Limits limits;
  limits.max_decompressed_bytes = uint64_t{1} << 20;
  size_t tokens = 0;
  for (ModuleToken token; next_module_token(reading, token, arena, limits);) {
    FUZZ_CHECK(++tokens <= input.size(), "more tokens than bytes");
  }
  skip_module_tokens(passing);
  // Passing does not decompress.
  const bool only_reading_fails =
      reading.code() == Code::kBadLzf || reading.code() == Code::kLimitExceeded;
  FUZZ_CHECK(reading.ok() == passing.ok() || only_reading_fails, "another verdict");
  if (only_reading_fails) return;
  FUZZ_CHECK(reading.offset() == passing.offset(), "another end");
  FUZZ_CHECK(reading.code() == passing.code(), "another finding");
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  constexpr uint8_t kModule = 7;
  for (const Record& record : dump.records) {
    if (record.row->byte != kModule) continue;
    Cursor in(record.bytes, 0);
    in.skip(1);
    skip_string(in);
    read_length(in);
    seeds.emplace_back(in.rest());
  }
}

const Registration kTarget{{.name = "module_tokens", .run = run, .seed = seed}};

}  // namespace
}  // namespace rdbproof::fuzz
