// What libFuzzer calls. The target is named on the command line: --target=NAME.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/fuzz/target.h"

namespace {

using rdbproof::Bytes;
using rdbproof::fuzz::Target;

const Target* chosen = nullptr;

Bytes view(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

}  // namespace

extern "C" {

size_t LLVMFuzzerMutate(uint8_t* data, size_t size, size_t capacity);

int LLVMFuzzerInitialize(int* count, char*** arguments) {
  constexpr Bytes kOption = "--target=";
  for (int i = 1; i < *count; ++i) {
    const Bytes argument = (*arguments)[i];
    if (argument.starts_with(kOption)) {
      chosen = rdbproof::fuzz::find_target(argument.substr(kOption.size()));
    }
  }
  if (chosen != nullptr) return 0;
  std::fprintf(
      stderr, "usage: %s --target=NAME [libFuzzer's options] [folders]\ntargets:", (*arguments)[0]);
  for (const Target& target : rdbproof::fuzz::targets()) {
    std::fprintf(stderr, " %.*s", static_cast<int>(target.name.size()), target.name.data());
  }
  std::fputc('\n', stderr);
  std::exit(2);
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  chosen->run(view(data, size));
  return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t* data, size_t size, size_t capacity, unsigned seed) {
  constexpr unsigned kPlainOneIn = 8;
  if (chosen->mutate == nullptr || seed % kPlainOneIn == 0) {
    return LLVMFuzzerMutate(data, size, capacity);
  }
  const std::string mutant =
      chosen->mutate(view(data, size), {LLVMFuzzerMutate, capacity, seed / kPlainOneIn});
  if (mutant.empty() || mutant.size() > capacity) return LLVMFuzzerMutate(data, size, capacity);
  std::memcpy(data, mutant.data(), mutant.size());
  return mutant.size();
}

}  // extern "C"
