#include "tests/laws/corpus_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace rdbproof::test {
namespace {

const std::string kDamaged = std::string(RDBPROOF_CORPUS) + "/damaged/";

std::vector<std::string> find_dumps(bool damaged) {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(RDBPROOF_CORPUS)) {
    const std::string path = entry.path().string();
    if (entry.path().extension() == ".rdb" && path.starts_with(kDamaged) == damaged) {
      paths.push_back(path);
    }
  }
  std::ranges::sort(paths);
  EXPECT_GT(paths.size(), 100u) << "the corpus is not there";
  return paths;
}

}  // namespace

std::vector<std::string> corpus_dumps() {
  return find_dumps(false);
}

std::vector<std::string> damaged_dumps() {
  return find_dumps(true);
}

std::string corpus_dump(const std::string& name) {
  return std::string(RDBPROOF_CORPUS) + "/" + name;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.good()) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

VerifyOptions law_options() {
  VerifyOptions options;
  options.redis_digest = true;
  options.evidence = true;
  options.predict_load = true;
  options.now_ms = 1'700'000'000'000;
  return options;
}

nlohmann::json json_of(SourceReport report, const VerifyOptions& options) {
  RunReport run(options);
  run.add(std::move(report));
  nlohmann::json json = nlohmann::json::parse(render_json(run));
  json["sources"][0].erase("performance");
  return json;
}

nlohmann::json report_of(const std::string& path, const VerifyOptions& options) {
  return json_of(verify_source(path, options), options);
}

}  // namespace rdbproof::test
