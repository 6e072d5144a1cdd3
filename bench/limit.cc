// rdbproof-limit: what the machine can do at best with a file: threads, all by default, sum a fresh
// mapping of it, and compute its CRC64 in parts. Prints "name seconds" lines, medians.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <numeric>
#include <thread>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/hash/crc64.h"

namespace rdbproof::bench {
namespace {

constexpr size_t kChunkBytes = size_t{4} << 20;

uint64_t sum_words(Bytes data) {
  // Several sums, so that none waits for the one before.
  std::array<uint64_t, 16> sums{};
  size_t at = 0;
  for (; at + sizeof sums <= data.size(); at += sizeof sums) {
    for (size_t i = 0; i < sums.size(); ++i) sums[i] += load_le<uint64_t>(data.data() + at + 8 * i);
  }
  uint64_t sum = std::accumulate(sums.begin(), sums.end(), uint64_t{0});
  for (; at < data.size(); ++at) sum += static_cast<uint8_t>(data[at]);
  return sum;
}

void for_all_chunks(Bytes data, unsigned threads, const std::function<uint64_t(Bytes)>& work) {
  std::atomic<size_t> next = 0;
  std::atomic<uint64_t> result = 0;  // keeps the work from being optimized away
  std::vector<std::jthread> pool;
  for (unsigned index = 0; index < threads; ++index) {
    pool.emplace_back([&] {
      for (size_t at; (at = next.fetch_add(kChunkBytes)) < data.size();) {
        result += work(data.substr(at, kChunkBytes));
      }
    });
  }
}

// Seconds of one pass over a mapping made for it; negative if the file cannot be mapped.
double timed_pass(int descriptor, size_t size, unsigned threads,
                  const std::function<uint64_t(Bytes)>& work) {
  const auto start = std::chrono::steady_clock::now();
  void* mapping = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor, 0);
  if (mapping == MAP_FAILED) return -1;
  for_all_chunks({static_cast<const char*>(mapping), size}, threads, work);
  ::munmap(mapping, size);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

double median_pass(int descriptor, size_t size, unsigned threads, int runs,
                   const std::function<uint64_t(Bytes)>& work) {
  std::vector<double> seconds;
  for (int run = 0; run < runs; ++run) {
    seconds.push_back(timed_pass(descriptor, size, threads, work));
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

int run(const char* path, int runs, unsigned threads) {
  const int descriptor = ::open(path, O_RDONLY | O_CLOEXEC);
  struct stat status {};
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0 || status.st_size == 0) {
    fmt::print(stderr, "rdbproof-limit: cannot read {}\n", path);
    return 2;
  }
  const auto size = static_cast<size_t>(status.st_size);
  const auto crc = [](Bytes chunk) { return crc64(0, chunk); };
  fmt::print("read {:.6f}\n", median_pass(descriptor, size, threads, runs, sum_words));
  fmt::print("crc64 {:.6f}\n", median_pass(descriptor, size, threads, runs, crc));
  ::close(descriptor);
  return 0;
}

}  // namespace
}  // namespace rdbproof::bench

int main(int argc, char** argv) {
  const int runs = argc > 2 ? std::atoi(argv[2]) : 5;
  const int cores = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  const int threads = argc > 3 ? std::atoi(argv[3]) : cores;
  if (argc < 2 || runs < 1 || threads < 1) {
    fmt::print(stderr, "usage: rdbproof-limit FILE [RUNS [THREADS]]\n");
    return 2;
  }
  return rdbproof::bench::run(argv[1], runs, static_cast<unsigned>(threads));
}
