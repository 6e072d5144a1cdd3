// What diff says of a file and a server, whatever the network between does.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <tuple>

#include "engine/diff/diff.h"
#include "engine/live/live_source.h"
#include "tests/laws/corpus_files.h"
#include "tests/laws/random_data.h"
#include "tests/laws/simulated_server.h"
#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

using enum DifferenceKind;
using nlohmann::json;
using test::Kind;
using test::LogicalData;
using test::LogicalKey;
using test::SimulatedKey;
using test::SimulatedKeys;
using test::SimulatedServer;
using test::Weather;

constexpr unsigned kVersion = 10;
constexpr int64_t kLongerThanTolerated = 5000;  // ms

using Keys = std::set<std::tuple<DifferenceKind, uint64_t, std::string>>;

bool is_over(const LogicalKey& key) {
  return key.expire_at_ms != 0 && key.expire_at_ms <= SimulatedServer::kNow;
}

SimulatedKey on_server(const LogicalKey& key, bench::Random& random) {
  return {key,
          dump_payload(
              key, {.packed = random.one_in(2), .version = kVersion, .order_seed = random.next()})};
}

SimulatedKeys on_server(const LogicalData& data, bench::Random& random) {
  SimulatedKeys result;
  for (const auto& [database, keys] : data) {
    for (const auto& [name, key] : keys) result[database][name] = on_server(key, random);
  }
  return result;
}

// What a file has, what a server has, and what that is to be called.
class Scene {
 public:
  explicit Scene(bench::Random& random) : random_(random), before_(test::random_data(random)) {
    for (const auto& [database, keys] : before_) {
      SimulatedKeys::mapped_type& now = server_[database];
      for (const auto& [name, key] : keys) add(database, name, key, now);
      if (random_.one_in(2)) {
        now["added"] = on_server({Kind::kString, {{"value", ""}}, 0}, random_);
        note(kOnlyB, database, "added");
      }
    }
  }

  std::string file() {
    return write_dump(before_, {.version = kVersion, .order_seed = random_.next()});
  }
  const SimulatedKeys& server() const { return server_; }
  const Keys& differences() const { return differences_; }
  const DifferenceCounts& counts() const { return counts_; }

 private:
  void add(uint64_t database, const std::string& name, const LogicalKey& before,
           SimulatedKeys::mapped_type& now) {
    LogicalKey key = before;
    switch (is_over(before) ? 0 : random_.below(12)) {
      case 0:
        // Some of those that are over the server still has in its tables.
        if (is_over(before) && random_.one_in(2)) now[name] = on_server(key, random_);
        return note(is_over(before) ? kExpired : kOnlyA, database, name);
      case 1:
        key.elements.front().first += " edited";
        note(kValue, database, name);
        break;
      case 2:
        key.expire_at_ms = std::max(key.expire_at_ms, SimulatedServer::kNow) + kLongerThanTolerated;
        note(kExpiry, database, name);
        break;
      case 3:
        key = {key.kind == Kind::kString ? Kind::kList : Kind::kString, {{"x", ""}}, 0};
        note(kType, database, name);
        break;
      case 4:
        now[name] = on_server(key, random_);
        now[name].is_moving = true;
        return note(kUnstable, database, name);
      default:
        note(kSame, database, name);
    }
    now[name] = on_server(key, random_);
  }

  void note(DifferenceKind kind, uint64_t database, const std::string& name) {
    ++counts_[kind];
    if (kind != kSame && kind != kExpired) differences_.emplace(kind, database, name);
  }

  bench::Random& random_;
  LogicalData before_;
  SimulatedKeys server_;
  Keys differences_;
  DifferenceCounts counts_;
};

LiveOptions live_options(bench::Random& random) {
  LiveOptions options;
  options.connection.first_pause = std::chrono::milliseconds(1);
  options.keys_at_a_time = static_cast<unsigned>(random.between(1, 9));
  return options;
}

std::unique_ptr<ServerSource> source_of(const SimulatedServer& server, bench::Random& random) {
  ServerAddress address;
  address.endpoints = {server.endpoint()};
  return make_live_source(address, live_options(random));
}

Result<DiffReport> diff(const std::string& file, const SimulatedServer& server,
                        bench::Random& random) {
  const auto source = source_of(server, random);
  const KeyFilter everything;
  DiffOptions options;
  options.verify = test::law_options();
  options.verify.evidence = false;
  options.verify.redis_digest = false;
  options.verify.predict_load = false;
  options.verify.find_server = [&](const std::string& name) {
    return name == "server" ? source.get() : nullptr;
  };
  options.filter = &everything;
  options.shown = UINT64_MAX;
  options.first_pause = std::chrono::milliseconds(0);
  return diff_sources({file}, {"server"}, options);
}

void expect(const DiffReport& report, const Scene& scene) {
  Keys keys;
  for (const NamedDifference& difference : report.differences) {
    keys.emplace(difference.kind, difference.database, difference.name);
  }
  RC_ASSERT(keys == scene.differences());
  RC_ASSERT(report.counts.keys == scene.counts().keys);
}

struct Trial {
  bench::Random random;
  Scene scene;
  SimulatedServer server;
  test::TempDir dir;
  Result<DiffReport> report;

  Trial(const Weather& weather, uint64_t seed)
      : random(seed),
        scene(random),
        server(scene.server(), weather, random.next()),
        report(diff(dir.write("before.rdb", scene.file()), server, random)) {
    RC_ASSERT(server.strange_commands().empty());
  }
};

Weather random_weather() {
  Weather weather;
  weather.restarts = *rc::gen::arbitrary<bool>();
  weather.has_pexpiretime = *rc::gen::arbitrary<bool>();
  weather.has_memory_usage = *rc::gen::arbitrary<bool>();
  weather.has_dump = *rc::gen::arbitrary<bool>();
  return weather;
}

RC_GTEST_PROP(LiveLaws, AFewBrokenConnectionsChangeNothing, ()) {
  Weather weather = random_weather();
  weather.cuts = *rc::gen::inRange(0, 5);
  const Trial trial(weather, *rc::gen::arbitrary<uint64_t>());
  if (!trial.report) RC_FAIL(trial.report.error().message);
  expect(*trial.report, trial.scene);
}

RC_GTEST_PROP(LiveLaws, WhateverHappensTheAnswerIsRightOrAnError, ()) {
  Weather weather = random_weather();
  weather.cuts = *rc::gen::inRange(0, 200);
  weather.breaks_early = *rc::gen::arbitrary<bool>();
  weather.is_busy_once = *rc::gen::arbitrary<bool>();
  const Trial trial(weather, *rc::gen::arbitrary<uint64_t>());
  RC_CLASSIFY(!trial.report, "error");
  if (trial.report) {
    expect(*trial.report, trial.scene);
  } else {
    RC_ASSERT(!trial.report.error().message.empty());
  }
}

// The same keys in a file and in a server, where some are past their expiry.
RC_GTEST_PROP(LiveLaws, AServerHasTheFingerprintOfItsKeys, ()) {
  Weather weather = random_weather();
  weather.cuts = *rc::gen::inRange(0, 5);
  weather.is_busy_once = *rc::gen::arbitrary<bool>();
  bench::Random random(*rc::gen::arbitrary<uint64_t>());
  LogicalData data = test::random_data(random);
  SimulatedServer server(on_server(data, random), weather, random.next());
  for (auto& [database, keys] : data)
    std::erase_if(keys, [](const auto& key) { return is_over(key.second); });
  const test::TempDir dir;
  const std::string file = dir.write("alive.rdb", write_dump(data, {.version = kVersion}));
  VerifyOptions options = test::law_options();
  const json expected = test::report_of(file, options);
  const auto source = source_of(server, random);
  options.find_server = [&](const std::string&) { return source.get(); };
  SourceReport report = verify_source("server", options);
  RC_CLASSIFY(report.error.has_value(), "error");
  if (report.error) return;
  // Texts: RapidCheck cannot show objects.
  const auto contents = [](const json& run) {
    const json& read = run["sources"][0];
    const json& keyspace = read["keyspace"];
    return json{keyspace["databases"], keyspace["types"], read["fingerprint"],
                read["redis_digest_legacy"]}
        .dump();
  };
  RC_ASSERT(contents(test::json_of(std::move(report), options)) == contents(expected));
}

}  // namespace
}  // namespace rdbproof
