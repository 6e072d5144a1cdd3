// A fuzz target: one file under targets/ that defines a `const Registration`. It is built twice:
// for libFuzzer (./dev fuzz), and into a plain program that replays the saved inputs (./dev test).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/bytes.h"
#include "tests/fuzz/dump.h"

namespace rdbproof::fuzz {

// Changes `size` bytes at `data` at random, into at most `capacity`; returns how many there are
// then.
using ByteMutator = size_t (*)(uint8_t* data, size_t size, size_t capacity);

struct Mutation {
  ByteMutator bytes;
  size_t capacity;
  uint32_t seed;  // of everything random but `bytes`
};

struct Target {
  std::string_view name;  // also of the folder of its saved inputs
  // Holds the properties against `input`, which is exactly as long as its memory. Aborts.
  void (*run)(Bytes input);
  // Adds what a dump of a real server has for this target.
  void (*seed)(const Dump& dump, std::vector<std::string>& seeds) = nullptr;
  // Null: libFuzzer's own mutations will do.
  std::string (*mutate)(Bytes input, const Mutation& mutation) = nullptr;
  unsigned share = 1;            // of the time
  unsigned max_bytes = 1 << 12;  // of an input that the fuzzer makes
};

// All targets, by name.
const std::vector<Target>& targets();
const Target* find_target(std::string_view name);

struct Registration {
  explicit Registration(const Target& target);
};

// Runs the target on a copy of `input` without a byte behind it that may be read.
void run_alone(const Target& target, Bytes input);

[[noreturn]] void fail_check(const char* file, int line, const char* condition,
                             const std::string& detail);

}  // namespace rdbproof::fuzz

// Ends the program if a property does not hold. `detail` is a std::string.
#define FUZZ_CHECK(condition, detail) \
  ((condition) ? (void)0 : ::rdbproof::fuzz::fail_check(__FILE__, __LINE__, #condition, (detail)))
