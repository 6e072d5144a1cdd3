// Replays saved inputs, and makes seeds for the fuzzer from dumps of real servers.
//   replay INPUTS        runs INPUTS/TARGET/* through each target; each must have some
//   replay-dumps CORPUS  the same for what the seeds of CORPUS are
//   seeds CORPUS OUT     writes seeds to OUT/TARGET/
//   list                 name, share of time, largest input of each target
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "tests/fuzz/target.h"

namespace {

namespace fs = std::filesystem;
using rdbproof::fuzz::Dump;
using rdbproof::fuzz::Target;

// Small inputs teach a fuzzer as much as large ones, and are tried more often.
constexpr size_t kSeedsOfTarget = 300;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> paths;
  if (!fs::exists(folder)) return paths;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  return paths;
}

std::vector<std::string> read_dumps(const fs::path& corpus) {
  std::vector<std::string> dumps;
  for (const fs::path& path : files_in(corpus)) {
    if (path.extension() == ".rdb") dumps.push_back(read_file(path));
  }
  return dumps;
}

// The smallest that differ, spread over all dumps.
std::vector<std::string> seeds_of(const Target& target, const std::vector<std::string>& dumps) {
  std::set<std::pair<size_t, std::string>> sorted;
  for (const std::string& bytes : dumps) {
    const Dump dump(bytes);
    std::vector<std::string> seeds;
    if (dump.readable && target.seed != nullptr) target.seed(dump, seeds);
    for (std::string& seed : seeds) {
      if (seed.size() <= target.max_bytes) sorted.emplace(seed.size(), std::move(seed));
    }
  }
  std::vector<std::string> all;
  for (const auto& [size, seed] : sorted) all.push_back(seed);
  const size_t step = (all.size() + kSeedsOfTarget - 1) / kSeedsOfTarget;
  std::vector<std::string> chosen;
  for (size_t i = 0; i < all.size(); i += step) chosen.push_back(std::move(all[i]));
  return chosen;
}

int replay(const fs::path& inputs) {
  size_t count = 0;
  for (const auto& entry : fs::directory_iterator(inputs)) {
    if (rdbproof::fuzz::find_target(entry.path().filename().string()) != nullptr) continue;
    std::fprintf(stderr, "%s: there is no such target\n", entry.path().c_str());
    return 1;
  }
  for (const Target& target : rdbproof::fuzz::targets()) {
    const std::vector<fs::path> paths = files_in(inputs / target.name);
    if (paths.empty()) {
      std::fprintf(stderr, "%s has no input\n", std::string(target.name).c_str());
      return 1;
    }
    for (const fs::path& path : paths) {
      std::fprintf(stderr, "%s\n", path.c_str());  // the last one is the one that failed
      run_alone(target, read_file(path));
    }
    count += paths.size();
  }
  std::printf("%zu passed\n", count);
  return 0;
}

int replay_dumps(const fs::path& corpus) {
  const std::vector<std::string> dumps = read_dumps(corpus);
  size_t count = 0;
  for (const Target& target : rdbproof::fuzz::targets()) {
    const std::vector<std::string> seeds = seeds_of(target, dumps);
    std::fprintf(stderr, "%s: %zu seeds\n", std::string(target.name).c_str(), seeds.size());
    if (seeds.empty() && target.seed != nullptr) return 1;
    for (const std::string& seed : seeds) run_alone(target, seed);
    count += seeds.size();
  }
  std::printf("%zu passed\n", count);
  return 0;
}

int write_seeds(const fs::path& corpus, const fs::path& out) {
  const std::vector<std::string> dumps = read_dumps(corpus);
  for (const Target& target : rdbproof::fuzz::targets()) {
    const fs::path folder = out / target.name;
    fs::create_directories(folder);
    size_t number = 0;
    for (const std::string& seed : seeds_of(target, dumps)) {
      std::ofstream(folder / std::to_string(number++), std::ios::binary) << seed;
    }
  }
  return 0;
}

int list() {
  for (const Target& target : rdbproof::fuzz::targets()) {
    std::printf("%s %u %u\n", std::string(target.name).c_str(), target.share, target.max_bytes);
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<std::string> words(arguments + 1, arguments + count);
  if (words.size() == 2 && words[0] == "replay") return replay(words[1]);
  if (words.size() == 2 && words[0] == "replay-dumps") return replay_dumps(words[1]);
  if (words.size() == 3 && words[0] == "seeds") return write_seeds(words[1], words[2]);
  if (words.size() == 1 && words[0] == "list") return list();
  std::fprintf(stderr, "usage: %s replay INPUTS | replay-dumps CORPUS | seeds CORPUS OUT | list\n",
               arguments[0]);
  return 2;
}
