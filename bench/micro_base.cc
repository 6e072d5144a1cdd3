#include "bench/micro_inputs.h"
#include "engine/base/cursor.h"

namespace rdbproof::bench {
namespace {

constexpr size_t kInputBytes = size_t{64} << 10;

template <auto read>
void cursor_numbers(benchmark::State& state) {
  const std::string data = random_text(kInputBytes);
  uint64_t numbers = 0;
  for (auto _ : state) {
    Cursor in(data, 0);
    uint64_t sum = 0;
    for (numbers = 0; !in.at_end(); ++numbers) sum += (in.*read)();
    benchmark::DoNotOptimize(sum);
    if (!in.ok()) return state.SkipWithError("the cursor failed");
  }
  report(state, data.size(), numbers);
}
BENCHMARK(cursor_numbers<&Cursor::u8>)->Name("cursor/u8");
BENCHMARK(cursor_numbers<&Cursor::u32_le>)->Name("cursor/u32_le");
BENCHMARK(cursor_numbers<&Cursor::u64_be>)->Name("cursor/u64_be");

void cursor_strings(benchmark::State& state) {
  std::string data;
  Random random(1);
  uint64_t strings = 0;
  for (; data.size() < kInputBytes; ++strings) {
    const size_t length = random.between(4, 40);
    data.push_back(static_cast<char>(length));
    data.append(length, 'x');
  }
  for (auto _ : state) {
    Cursor in(data, 0);
    while (!in.at_end()) benchmark::DoNotOptimize(in.take(in.u8()));
    if (!in.ok()) return state.SkipWithError("the cursor failed");
  }
  report(state, data.size(), strings);
}
BENCHMARK(cursor_strings)->Name("cursor/strings");

}  // namespace
}  // namespace rdbproof::bench
