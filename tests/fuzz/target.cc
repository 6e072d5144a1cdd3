#include "tests/fuzz/target.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

namespace rdbproof::fuzz {
namespace {

std::vector<Target>& registered() {
  static std::vector<Target> all;
  return all;
}

}  // namespace

const std::vector<Target>& targets() {
  std::ranges::sort(registered(), {}, &Target::name);
  return registered();
}

const Target* find_target(std::string_view name) {
  const auto found = std::ranges::find(registered(), name, &Target::name);
  return found == registered().end() ? nullptr : &*found;
}

Registration::Registration(const Target& target) {
  registered().push_back(target);
}

void run_alone(const Target& target, Bytes input) {
  const auto copy = std::make_unique_for_overwrite<char[]>(input.size());
  std::ranges::copy(input, copy.get());
  target.run(Bytes(copy.get(), input.size()));
}

void fail_check(const char* file, int line, const char* condition, const std::string& detail) {
  std::fprintf(stderr, "%s:%d: does not hold: %s\n%s\n", file, line, condition, detail.c_str());
  std::abort();
}

}  // namespace rdbproof::fuzz
