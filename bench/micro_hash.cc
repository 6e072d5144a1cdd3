#include <vector>

#include "bench/micro_inputs.h"
#include "engine/hash/crc64.h"
#include "engine/hash/mark_index.h"

namespace rdbproof::bench {
namespace {

constexpr int64_t kSmallest = 16;
constexpr int64_t kLargest = int64_t{16} << 20;

template <uint64_t (*function)(uint64_t, Bytes)>
void hash_bytes(benchmark::State& state) {
  const std::string data = random_text(static_cast<size_t>(state.range(0)));
  uint64_t crc = 0;
  for (auto _ : state) benchmark::DoNotOptimize(crc = function(crc, data));
  report(state, data.size(), 0);
}
BENCHMARK(hash_bytes<crc64>)->Name("crc64")->RangeMultiplier(16)->Range(kSmallest, kLargest);
BENCHMARK(hash_bytes<crc64_portable>)
    ->Name("crc64_portable")
    ->RangeMultiplier(16)
    ->Range(kSmallest, kLargest);

void combine(benchmark::State& state) {
  const auto length = static_cast<uint64_t>(state.range(0));
  uint64_t crc = mix(1);
  for (auto _ : state) benchmark::DoNotOptimize(crc = crc64_combine(crc, mix(2), length));
  report(state, 0, 1);
}
BENCHMARK(combine)->Name("crc64_combine")->Arg(4 << 20)->Arg((4 << 20) - 1)->Arg(int64_t{1} << 40);

std::vector<Uint128> different_hashes(size_t count) {
  std::vector<Uint128> hashes(count);
  for (size_t i = 0; i < count; ++i) hashes[i] = make_uint128(mix(i), mix(~i));
  return hashes;
}

void mark_run(benchmark::State& state) {
  const auto hashes = different_hashes(static_cast<size_t>(state.range(0)));
  Slabs slabs;
  for (auto _ : state) benchmark::DoNotOptimize(MarkRun(hashes, slabs).size());
  report(state, 0, hashes.size());
}
BENCHMARK(mark_run)->Arg(1000)->Arg(MarkRun::kMostMarks);

// Looks through an index of this many runs.
void mark_index(benchmark::State& state) {
  const auto runs = static_cast<size_t>(state.range(0));
  const auto hashes = different_hashes(runs * MarkRun::kMostMarks);
  Slabs slabs;
  MarkIndex index(memory_for_marks());
  for (size_t run = 0; run < runs; ++run) {
    const std::span<const Uint128> own(hashes.data() + run * MarkRun::kMostMarks,
                                       MarkRun::kMostMarks);
    if (!index.add(MarkRun(own, slabs))) return state.SkipWithError("no room");
  }
  MarkIndex::Workspace workspace;
  for (auto _ : state) {
    Repetitions found;
    for (size_t bucket = 0; bucket < kMarkBuckets; ++bucket) {
      if (!index.find_repeated(bucket, workspace, found)) state.SkipWithError("no room");
    }
    if (found.total() != 0) return state.SkipWithError("different marks count as equal");
  }
  report(state, 0, hashes.size());
}
BENCHMARK(mark_index)->Name("mark_index/find_repeated")->Arg(1)->Arg(16);

}  // namespace
}  // namespace rdbproof::bench
