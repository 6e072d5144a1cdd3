// Values of every type: the first byte chooses the row of the grammar, the rest is the value.
#include "tests/fuzz/record_mutator.h"
#include "tests/fuzz/target.h"
#include "tests/fuzz/value_check.h"

namespace rdbproof::fuzz {
namespace {

const ValueKind& kind_for(Bytes input) {
  return value_kinds()[static_cast<uint8_t>(input[0]) % value_kinds().size()];
}

void run(Bytes input) {
  if (!input.empty()) check_value(kind_for(input), input.substr(1));
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  for (const Record& record : dump.records) {
    const size_t index = index_of(*record.row);
    if (index == value_kinds().size()) continue;
    Cursor in(record.bytes, 0);
    in.skip(1);
    skip_string(in);
    seeds.push_back(static_cast<char>(index) + std::string(in.rest()));
  }
}

std::string mutate(Bytes input, const Mutation& mutation) {
  if (input.size() < 2) return {};
  return std::string(input.substr(0, 1)) +
         mutate_value(*kind_for(input).row, input.substr(1), mutation);
}

const Registration kTarget{
    {.name = "value", .run = run, .seed = seed, .mutate = mutate, .share = 4}};

}  // namespace
}  // namespace rdbproof::fuzz
