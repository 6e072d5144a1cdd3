// Google Benchmark micro benches of the engine's kernels.
#include <benchmark/benchmark.h>

#include <string>

#include "bench/random.h"
#include "engine/hash/crc64.h"

namespace rdbproof::bench {
namespace {

constexpr int64_t kSmallest = 16;
constexpr int64_t kLargest = int64_t{16} << 20;

std::string random_bytes(size_t length) {
  Random random(1);
  std::string bytes(length + 8, '\0');
  random.text(bytes.data(), length);
  bytes.resize(length);
  return bytes;
}

template <uint64_t (*function)(uint64_t, Bytes)>
void hash_bytes(benchmark::State& state) {
  const std::string data = random_bytes(static_cast<size_t>(state.range(0)));
  uint64_t crc = 0;
  for (auto _ : state) benchmark::DoNotOptimize(crc = function(crc, data));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(hash_bytes<crc64>)->Name("crc64")->RangeMultiplier(16)->Range(kSmallest, kLargest);
BENCHMARK(hash_bytes<crc64_portable>)
    ->Name("crc64_portable")
    ->RangeMultiplier(16)
    ->Range(kSmallest, kLargest);

void combine(benchmark::State& state) {
  uint64_t crc = mix(1);
  for (auto _ : state) {
    benchmark::DoNotOptimize(crc =
                                 crc64_combine(crc, mix(2), static_cast<uint64_t>(state.range(0))));
  }
}
BENCHMARK(combine)->Name("crc64_combine")->Arg(4 << 20)->Arg((4 << 20) - 1)->Arg(int64_t{1} << 40);

}  // namespace
}  // namespace rdbproof::bench

BENCHMARK_MAIN();
