// Streams: the first byte chooses the version, the rest is the value.
#include "tests/fuzz/record_mutator.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/value_check.h"

namespace rdbproof::fuzz {
namespace {

const std::vector<const ValueKind*>& stream_kinds() {
  static const std::vector<const ValueKind*> kinds = [] {
    std::vector<const ValueKind*> all;
    for (const ValueKind& kind : value_kinds()) {
      if (kind.row->type == ValueType::kStream) all.push_back(&kind);
    }
    return all;
  }();
  return kinds;
}

const ValueKind& kind_for(Bytes input) {
  return *stream_kinds()[static_cast<uint8_t>(input[0]) % stream_kinds().size()];
}

void run(Bytes input) {
  if (!input.empty()) check_value(kind_for(input), input.substr(1));
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  for (const Record& record : dump.records) {
    for (size_t i = 0; i < stream_kinds().size(); ++i) {
      if (stream_kinds()[i]->row != record.row) continue;
      Cursor in(record.bytes, 0);
      in.skip(1);
      skip_string(in);
      seeds.push_back(static_cast<char>(i) + std::string(in.rest()));
    }
  }
}

std::string mutate(Bytes input, const Mutation& mutation) {
  if (input.size() < 2) return {};
  return std::string(input.substr(0, 1)) +
         mutate_value(*kind_for(input).row, input.substr(1), mutation);
}

const Registration kTarget{
    {.name = "stream", .run = run, .seed = seed, .mutate = mutate, .share = 2}};

}  // namespace
}  // namespace rdbproof::fuzz
