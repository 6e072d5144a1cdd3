// The same logical data has the same fingerprint, digest and counts, however it is written.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "tests/laws/corpus_files.h"
#include "tests/laws/random_data.h"
#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

using nlohmann::json;
using test::LogicalData;
using test::Style;

// What no way of writing may change. The database of a report lists what its keys amount to.
json essence(const LogicalData& data, const Style& style) {
  const test::TempDir dir;
  VerifyOptions options = test::law_options();
  options.threads = 2;
  options.frame_bytes = 64;
  options.predict_load = false;  // any number of databases will do
  json report = test::report_of(dir.write("dump.rdb", write_dump(data, style)), options);
  RC_ASSERT(report["verdict"] == "ok");
  json total = report["total"];
  total["evidence"] = total["fingerprint"];
  options.evidence = false;
  total["fast"] = test::report_of(dir.file("dump.rdb"), options)["total"]["fingerprint"];
  total["keyspace"].erase("encodings");
  return total;
}

uint64_t count_keys(const LogicalData& data) {
  uint64_t keys = 0;
  for (const auto& [database, names] : data) keys += names.size();
  return keys;
}

LogicalData arbitrary_data() {
  bench::Random random(*rc::gen::arbitrary<uint64_t>());
  return test::random_data(random);
}

RC_GTEST_PROP(EncodingLaws, NoWayOfWritingShows, ()) {
  const LogicalData data = arbitrary_data();
  const uint64_t seed = *rc::gen::arbitrary<uint64_t>();
  const json expected = essence(data, {});
  RC_ASSERT(expected["keyspace"]["keys"] == count_keys(data));
  for (const unsigned version : {7u, 9u, 10u, 11u, 80u}) {
    for (const bool packed : {false, true}) {
      const Style style{packed, packed != (seed % 2 == 0), version, seed + version};
      json other = essence(data, style);
      // Valkey and Redis differ in the digest of expiring fields, which are not among this data.
      RC_ASSERT(other == expected);
    }
  }
}

RC_GTEST_PROP(EncodingLaws, AChangedElementShows, ()) {
  LogicalData data = arbitrary_data();
  bench::Random random(*rc::gen::arbitrary<uint64_t>());
  const json before = essence(data, {});
  test::change_one(data, random);
  const json after = essence(data, {.packed = true, .compressed = true, .order_seed = 1});
  for (const char* const algorithm : {"fast", "evidence"}) {
    RC_ASSERT(before[algorithm]["content"] != after[algorithm]["content"]);
    RC_ASSERT(before[algorithm]["content_and_expiry"] != after[algorithm]["content_and_expiry"]);
  }
  RC_ASSERT(before["redis_digest"] != after["redis_digest"]);
  RC_ASSERT(before["keyspace"]["keys"] == after["keyspace"]["keys"]);
}

RC_GTEST_PROP(EncodingLaws, AnExpiryShowsInOneFingerprintOnly, ()) {
  LogicalData data = arbitrary_data();
  const json before = essence(data, {});
  test::LogicalKey& key = data.begin()->second.begin()->second;
  key.expire_at_ms = key.expire_at_ms == 0 ? 5 : key.expire_at_ms + 1;
  const json after = essence(data, {});
  for (const char* const algorithm : {"fast", "evidence"}) {
    RC_ASSERT(before[algorithm]["content"] == after[algorithm]["content"]);
    RC_ASSERT(before[algorithm]["content_and_expiry"] != after[algorithm]["content_and_expiry"]);
  }
}

// Shards of a data set add up to it.
RC_GTEST_PROP(EncodingLaws, HowKeysAreSpreadOverFilesDoesNotShow, ()) {
  const LogicalData data = arbitrary_data();
  bench::Random random(*rc::gen::arbitrary<uint64_t>());
  LogicalData shards[3];
  for (const auto& [database, keys] : data) {
    for (const auto& [name, key] : keys) shards[random.below(3)][database][name] = key;
  }
  const test::TempDir dir;
  const VerifyOptions options = test::law_options();
  RunReport run(options);
  for (const LogicalData& shard : shards) {
    const Style style{random.one_in(2), random.one_in(2), 10, random.next()};
    run.add(verify_source(dir.write("shard.rdb", write_dump(shard, style)), options));
  }
  json total = json::parse(render_json(run))["total"];
  total["keyspace"].erase("encodings");
  json expected = essence(data, {});
  expected.erase("fast");
  expected.erase("evidence");
  RC_ASSERT(total == expected);
}

}  // namespace
}  // namespace rdbproof
