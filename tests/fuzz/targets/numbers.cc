// Numbers as text, both ways.
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdlib>

#include "engine/encoding/double_text.h"
#include "engine/encoding/listpack_writer.h"
#include "engine/rdb/primitives.h"
#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {
namespace {

void check_double(double number) {
  for (const std::string& text :
       {grisu2_text(number), percent_17g_text(number), array_double_text(number)}) {
    const double back = std::strtod(text.c_str(), nullptr);
    const bool same = std::isnan(number) ? std::isnan(back) : back == number;
    FUZZ_CHECK(same, text);
  }
}

// What is accepted as a score is what strtod() reads; no more of it, no less.
void check_score(Bytes input) {
  Cursor in({}, 0);
  const double score = parse_score(in, input);
  if (!in) return;
  const std::string text(input);
  char* end = nullptr;
  const double expected = std::strtod(text.c_str(), &end);
  FUZZ_CHECK(end == text.c_str() + text.size(), text);
  FUZZ_CHECK(std::bit_cast<uint64_t>(score) == std::bit_cast<uint64_t>(expected), text);
  FUZZ_CHECK(!std::isnan(score), text);
}

void check_integer(Bytes input) {
  const std::optional<int64_t> integer = canonical_integer(input);
  if (integer) FUZZ_CHECK(std::to_string(*integer) == input, std::string(input));
  errno = 0;
  const std::string text(input);
  const long long expected = std::strtoll(text.c_str(), nullptr, 10);
  const bool canonical = errno == 0 && std::to_string(expected) == input;
  FUZZ_CHECK(canonical == integer.has_value(), text);
}

void run(Bytes input) {
  if (input.size() >= sizeof(double)) check_double(load_le<double>(input.data()));
  check_score(input);
  check_integer(input);
}

void seed(const Dump& dump, std::vector<std::string>& seeds) {
  for_each_string(dump, 24, [&](const std::string& text) { seeds.push_back(text); });
}

const Registration kTarget{{.name = "numbers", .run = run, .seed = seed, .max_bytes = 48}};

}  // namespace
}  // namespace rdbproof::fuzz
