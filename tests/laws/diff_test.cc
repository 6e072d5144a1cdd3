// What diff says of generated data, whose differences are known.
#include "engine/diff/diff.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/report/diff_report.h"
#include "tests/laws/corpus_files.h"
#include "tests/laws/random_data.h"
#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

using enum DifferenceKind;
using nlohmann::json;
using test::LogicalData;
using test::LogicalKey;
using test::Style;

const KeyFilter& everything() {
  static const KeyFilter filter;
  return filter;
}

DiffOptions diff_options() {
  DiffOptions options;
  options.verify = test::law_options();
  options.verify.evidence = false;
  options.verify.redis_digest = false;
  options.verify.predict_load = false;
  options.verify.threads = 2;
  options.verify.frame_bytes = 64;
  options.filter = &everything();
  options.shown = UINT64_MAX;
  return options;
}

// All that does not depend on how it was found out.
json outcome(const DiffReport& report) {
  json object = json::parse(render_json(report, {}));
  for (const char* name : {"a", "b", "performance"}) object.erase(name);
  return object;
}

using Keys = std::set<std::tuple<DifferenceKind, uint64_t, std::string>>;

Keys keys_of(const DiffReport& report) {
  Keys keys;
  for (const NamedDifference& difference : report.differences) {
    keys.emplace(difference.kind, difference.database, difference.name);
  }
  return keys;
}

Keys mirrored(const Keys& keys) {
  Keys result;
  for (const auto& [kind, database, name] : keys) {
    result.emplace(kind == kOnlyA ? kOnlyB : kind == kOnlyB ? kOnlyA : kind, database, name);
  }
  return result;
}

// Edits some keys, and says what diff should say of them.
class Editor {
 public:
  Editor(LogicalData& data, bench::Random& random) : data_(data), random_(random) {}

  Keys edit() {
    for (auto& [database, keys] : data_) {
      std::vector<std::string> names;
      for (const auto& [name, key] : keys) names.push_back(name);
      for (const std::string& name : names) {
        if (random_.one_in(3)) edit_key(database, keys, name);
      }
      if (random_.one_in(2)) add_key(database, keys);
    }
    return std::move(expected_);
  }

 private:
  using KeyMap = std::map<std::string, LogicalKey>;

  void edit_key(uint64_t database, KeyMap& keys, const std::string& name) {
    LogicalKey& key = keys.at(name);
    switch (random_.below(4)) {
      case 0:
        keys.erase(name);
        expected_.emplace(kOnlyA, database, name);
        return;
      case 1:
        key.elements.front().first += " edited";
        expected_.emplace(kValue, database, name);
        return;
      case 2:
        key.expire_at_ms += 1 + static_cast<int64_t>(random_.below(1000));
        expected_.emplace(kExpiry, database, name);
        return;
      default:
        key.kind = key.kind == test::Kind::kList ? test::Kind::kString : test::Kind::kList;
        if (key.kind == test::Kind::kString) key.elements.resize(1);
        for (auto& [first, second] : key.elements) second.clear();
        expected_.emplace(kType, database, name);
    }
  }

  void add_key(uint64_t database, KeyMap& keys) {
    const std::string name = "added " + std::to_string(random_.next());
    keys[name] = {test::Kind::kString, {{"value", ""}}, 0};
    expected_.emplace(kOnlyB, database, name);
  }

  LogicalData& data_;
  bench::Random& random_;
  Keys expected_;
};

struct Pair {
  test::TempDir dir;
  std::string a;
  std::string b;
  Keys expected;
};

void make_pair_of_dumps(Pair& pair) {
  bench::Random random(*rc::gen::arbitrary<uint64_t>());
  LogicalData data = test::random_data(random);
  pair.a = pair.dir.write("a.rdb", write_dump(data, {.order_seed = random.next()}));
  pair.expected = Editor(data, random).edit();
  const Style style{.packed = true, .compressed = true, .version = 10, .order_seed = random.next()};
  pair.b = pair.dir.write("b.rdb", write_dump(data, style));
}

DiffReport diff_of(const std::string& a, const std::string& b, const DiffOptions& options) {
  Result<DiffReport> report = diff_sources({a}, {b}, options);
  RC_ASSERT(report.has_value());
  return std::move(*report);
}

RC_GTEST_PROP(DiffLaws, FindsWhatWasEdited, ()) {
  Pair pair;
  make_pair_of_dumps(pair);
  const DiffReport report = diff_of(pair.a, pair.b, diff_options());
  RC_ASSERT(keys_of(report) == pair.expected);
  RC_ASSERT(report.counts.differing() == pair.expected.size());
  RC_ASSERT(report.verdict ==
            (pair.expected.empty() ? DiffVerdict::kSame : DiffVerdict::kDifferent));
}

RC_GTEST_PROP(DiffLaws, ASideIsTheSameAsItself, ()) {
  Pair pair;
  make_pair_of_dumps(pair);
  const DiffReport report = diff_of(pair.b, pair.b, diff_options());
  RC_ASSERT(report.verdict == DiffVerdict::kSame);
  RC_ASSERT(report.counts.differing() == 0u);
}

RC_GTEST_PROP(DiffLaws, SidesMirror, ()) {
  Pair pair;
  make_pair_of_dumps(pair);
  const DiffReport there = diff_of(pair.a, pair.b, diff_options());
  const DiffReport back = diff_of(pair.b, pair.a, diff_options());
  RC_ASSERT(keys_of(back) == mirrored(keys_of(there)));
  RC_ASSERT(there.counts.in_a() == back.counts.in_b());
  RC_ASSERT(there.counts[kSame] == back.counts[kSame]);
}

RC_GTEST_PROP(DiffLaws, ThreadsFramesAndMemoryChangeNothing, ()) {
  Pair pair;
  make_pair_of_dumps(pair);
  DiffOptions options = diff_options();
  const json expected = outcome(diff_of(pair.a, pair.b, options));
  for (const unsigned threads : {1u, 3u}) {
    for (const uint64_t index_bytes : {uint64_t{1}, uint64_t{4096}, uint64_t{1} << 30}) {
      options.verify.threads = threads;
      options.verify.frame_bytes = threads == 1 ? 1 : 4096;
      options.verify.limits.max_index_bytes = index_bytes;
      RC_ASSERT(outcome(diff_of(pair.a, pair.b, options)) == expected);
    }
  }
}

RC_GTEST_PROP(DiffLaws, AStreamIsAsGoodAsAFile, ()) {
  Pair pair;
  make_pair_of_dumps(pair);
  const json expected = outcome(diff_of(pair.a, pair.b, diff_options()));
  const std::string b = pair.dir.write("b", test::zstd(test::read_file(pair.b)));
  RC_ASSERT(outcome(diff_of(pair.a, b, diff_options())) == expected);
  RC_ASSERT(mirrored(keys_of(diff_of(b, pair.a, diff_options()))) == pair.expected);
}

RC_GTEST_PROP(DiffLaws, ShardsAreCutAtWill, ()) {
  bench::Random random(*rc::gen::arbitrary<uint64_t>());
  const LogicalData data = test::random_data(random);
  const test::TempDir dir;
  const auto cut = [&](const std::string& name, uint64_t count) {
    std::vector<LogicalData> shards(count);
    for (const auto& [database, keys] : data) {
      for (const auto& [key, value] : keys) shards[random.below(count)][database][key] = value;
    }
    std::vector<std::string> paths;
    for (const LogicalData& shard : shards) {
      paths.push_back(dir.write(name + std::to_string(paths.size()), write_dump(shard, {})));
    }
    return paths;
  };
  const auto report = diff_sources(cut("a", 3), cut("b", 2), diff_options());
  RC_ASSERT(report.has_value());
  RC_ASSERT(report->verdict == DiffVerdict::kSame);
}

RC_GTEST_PROP(DiffLaws, ExpiryCanBeIgnoredOrTolerated, ()) {
  Pair pair;
  make_pair_of_dumps(pair);
  Keys without_expiry;
  for (const auto& key : pair.expected) {
    if (std::get<0>(key) != kExpiry) without_expiry.insert(key);
  }
  DiffOptions options = diff_options();
  options.compare.ignore_expiry = true;
  RC_ASSERT(keys_of(diff_of(pair.a, pair.b, options)) == without_expiry);
  options = diff_options();
  options.compare.expiry_tolerance_ms = 1000;
  for (const auto& [kind, database, name] : keys_of(diff_of(pair.a, pair.b, options))) {
    RC_ASSERT(pair.expected.contains({kind, database, name}));
    // A key that had no expiry has one now.
  }
}

TEST(DiffLaws, TheSameDumpInEveryCorpusFolder) {
  for (const std::string& path : test::corpus_dumps()) {
    const auto report = diff_sources({path}, {path}, diff_options());
    ASSERT_TRUE(report) << path;
    EXPECT_EQ(report->counts.differing(), 0u) << path;
  }
}

}  // namespace
}  // namespace rdbproof
