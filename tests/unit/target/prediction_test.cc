// Rules of loading, on small dumps.
#include "engine/target/prediction.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "engine/rdb/writer.h"
#include "engine/verify/verify.h"
#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

constexpr int64_t kNow = 1'700'000'000'000;

void add(RdbWriter& out, Bytes name) {
  out.key(0, name);
  out.string("value");
}

template <class Fill>
std::string dump(unsigned version, const Fill& fill, RdbWriterOptions options = {}) {
  std::string bytes;
  RdbWriter out(bytes, options);
  out.header(version);
  fill(out);
  EXPECT_TRUE(out.finish());
  return bytes;
}

SourceReport report_of(const std::string& bytes, std::string_view target) {
  const test::TempDir dir;
  VerifyOptions options;
  options.now_ms = kNow;
  options.predict_load = true;
  if (!target.empty()) options.target = *parse_target(target);
  return verify_source(dir.write("dump", bytes), options);
}

Prediction ask(const std::string& bytes, std::string_view target) {
  const SourceReport report = report_of(bytes, target);
  EXPECT_TRUE(report.load);
  return report.load.value_or(Prediction{});
}

std::string says(const std::string& bytes, std::string_view target) {
  return std::string(outcome_name(ask(bytes, target).outcome));
}

// A module value or AUX begins with an id of nine letters.
uint64_t module_id(std::string_view name) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  uint64_t id = 0;
  for (const char letter : name) id = id << 6 | kAlphabet.find(letter);
  return id << 10;
}

void add_module_value(RdbWriter& out, std::string_view type) {
  out.key(7, "of a module");
  out.length(module_id(type));
  out.length(0);
}

const std::string kPlain = dump(9, [](RdbWriter& out) { add(out, "k"); });

TEST(PredictionTest, LoadsWhatTheReleaseReads) {
  const Prediction load = ask(kPlain, "redis:5.0");
  EXPECT_EQ(load.outcome, Outcome::kLoads);
  EXPECT_TRUE(load.reasons.empty());
  EXPECT_TRUE(load.assumptions.empty());
  EXPECT_EQ(*load.sizes, (std::map<uint64_t, uint64_t>{{0, 1}}));
}

TEST(PredictionTest, RefusesANewerVersion) {
  const SourceReport report = report_of(kPlain, "redis:4.0");
  EXPECT_EQ(report.load->outcome, Outcome::kRefuses);
  EXPECT_FALSE(report.load->sizes);
  EXPECT_EQ(report.verdict, Verdict::kRefused);
  ASSERT_EQ(report.log.count(Code::kTargetRefuses), 1u);
  EXPECT_EQ(report.log.first_offset(Code::kTargetRefuses), 5u);
}

TEST(PredictionTest, RefusesRecordsThatTheReleaseDoesNotKnow) {
  const std::string newer = dump(9, [](RdbWriter& out) {
    out.key(2, "old form");
    out.length(1);
    out.string("m");
    out.function_library("#!lua name=f\n");
  });
  EXPECT_EQ(says(newer, "redis:7.0"), "loads");
  const Prediction refused = ask(newer, "redis:6.2");
  EXPECT_EQ(refused.outcome, Outcome::kRefuses);
  ASSERT_FALSE(refused.reasons.empty());
  const auto reason = std::ranges::find(refused.reasons, Effect::kRefuses, &Reason::effect);
  ASSERT_NE(reason, refused.reasons.end());
  EXPECT_EQ(static_cast<uint8_t>(newer[reason->offset]), 245);
}

TEST(PredictionTest, FunctionsMustCompile) {
  const std::string bytes =
      dump(10, [](RdbWriter& out) { out.function_library("#!lua name=f\n"); });
  EXPECT_EQ(ask(bytes, "redis:7.0").assumptions,
            std::vector<std::string>{"1 function library compiles"});
}

std::string with_database(uint64_t number) {
  return dump(9, [&](RdbWriter& out) {
    out.select_db(number);
    add(out, "k");
  });
}

TEST(PredictionTest, TheNumberOfDatabasesDecidesIfItIsNamed) {
  const std::string bytes = with_database(16);
  EXPECT_EQ(says(bytes, "redis:7.2,databases=16"), "refuses");
  EXPECT_EQ(says(bytes, "redis:7.2,databases=17"), "loads");
  const SourceReport report = report_of(bytes, "redis:7.2");
  EXPECT_EQ(report.load->outcome, Outcome::kLoads);
  EXPECT_EQ(report.load->assumptions, std::vector<std::string>{"databases is at least 17"});
  EXPECT_EQ(report.verdict, Verdict::kReservations);
  EXPECT_EQ(report.log.count(Code::kTargetDepends), 1u);
  EXPECT_EQ(report_of(with_database(15), "redis:7.2").verdict, Verdict::kOk);
}

TEST(PredictionTest, AClusterHasDatabaseZeroOnly) {
  EXPECT_EQ(says(with_database(1), "redis:7.2,cluster"), "refuses");
  EXPECT_EQ(says(with_database(0), "redis:7.2,cluster"), "loads");
  // Valkey 9 counts the databases of a cluster apart.
  EXPECT_EQ(says(with_database(1), "valkey:9.0,cluster,databases=16"), "loads");
  const Prediction open = ask(with_database(1), "valkey:9.0,cluster");
  EXPECT_EQ(open.assumptions, std::vector<std::string>{"cluster-databases is at least 2"});
}

TEST(PredictionTest, ModulesMustBeThere) {
  const std::string bytes = dump(9, [](RdbWriter& out) { add_module_value(out, "MBbloom--"); });
  EXPECT_EQ(says(bytes, "redis:7.2,modules="), "refuses");
  EXPECT_EQ(says(bytes, "redis:7.2,modules=search"), "refuses");
  EXPECT_EQ(says(bytes, "redis:7.2,modules=bf"), "loads");
  EXPECT_EQ(says(bytes, "redis:7.2,modules=MBbloom--"), "loads");
  const Prediction open = ask(bytes, "redis:7.2");
  EXPECT_EQ(open.outcome, Outcome::kLoads);
  EXPECT_EQ(open.assumptions, std::vector<std::string>{"the module of MBbloom-- is loaded"});
  EXPECT_EQ(says(bytes, "dragonfly:1.0"), "unknown");
}

TEST(PredictionTest, DataOfAModuleBesideTheKeysNeedsIt) {
  const std::string bytes = dump(9, [](RdbWriter& out) {
    out.byte(247);
    out.length(module_id("test__rdb"));
    out.length(2);  // when to load it
    out.length(1);
    out.length(0);
  });
  EXPECT_EQ(says(bytes, "redis:7.2,modules="), "refuses");
  EXPECT_EQ(says(bytes, "redis:7.2,modules=test__rdb"), "loads");
}

std::string with_metadata(uint32_t flags) {
  constexpr uint32_t kAbcd = 0 << 18 | 1 << 12 | 2 << 6 | 3;
  return dump(13, [&](RdbWriter& out) {
    out.byte(243);
    out.length(1);
    const uint32_t word = kAbcd << 8 | flags;
    out.raw({reinterpret_cast<const char*>(&word), sizeof word});
    out.length(0);
    add(out, "k");
  });
}

TEST(PredictionTest, MetadataMayBeIgnoredOrNot) {
  EXPECT_EQ(says(with_metadata(1), "redis:8.6,modules="), "loads");
  EXPECT_EQ(says(with_metadata(0), "redis:8.6,modules="), "refuses");
  EXPECT_EQ(says(with_metadata(0), "redis:8.6,modules=ABCD"), "loads");
}

TEST(PredictionTest, ASlotImportWantsClusterMode) {
  const std::string bytes = dump(80, [](RdbWriter& out) {
    out.byte(243);
    out.string(std::string(40, 'a'));
    out.length(1);
    out.length(10);
    out.length(20);
    add(out, "k");
  });
  EXPECT_EQ(says(bytes, "valkey:9.0,cluster=no"), "aborts");
  EXPECT_EQ(says(bytes, "valkey:9.0,cluster"), "loads");
  EXPECT_EQ(report_of(bytes, "valkey:9.0").verdict, Verdict::kReservations);
  EXPECT_EQ(report_of(bytes, "valkey:9.0,cluster=no").verdict, Verdict::kRefused);
}

TEST(PredictionTest, ExpiredKeysStayOnAReplica) {
  const std::string bytes = dump(9, [](RdbWriter& out) {
    out.expire_ms(kNow - 1);
    add(out, "past");
    out.expire_ms(kNow + 1);
    add(out, "future");
    out.key(2, "empty");
    out.length(0);
  });
  const Prediction primary = ask(bytes, "redis:7.2");
  EXPECT_EQ(*primary.sizes, (std::map<uint64_t, uint64_t>{{0, 1}}));
  EXPECT_EQ(primary.expired, 1u);
  const Prediction replica = ask(bytes, "redis:7.2,role=replica");
  EXPECT_EQ(*replica.sizes, (std::map<uint64_t, uint64_t>{{0, 2}}));
  EXPECT_EQ(replica.expired, 0u);
}

TEST(PredictionTest, NewValkeyDropsHashesOfExpiredFields) {
  const std::string bytes = dump(80, [](RdbWriter& out) {
    out.key(22, "h");
    out.length(1);
    out.string("field");
    out.string("value");
    out.u64_le(5);
    add(out, "k");
  });
  EXPECT_EQ(ask(bytes, "valkey:9.0").sizes->at(0), 2u);
  const Prediction newer = ask(bytes, "valkey:9.1");
  EXPECT_EQ(newer.sizes->at(0), 1u);
  EXPECT_EQ(newer.fieldless, 1u);
  EXPECT_EQ(ask(bytes, "valkey:9.1,role=replica").sizes->at(0), 2u);
}

TEST(PredictionTest, TheFirstObstacleDecides) {
  const auto twice = [](RdbWriter& out) {
    add(out, "k");
    add(out, "k");
    add_module_value(out, "MBbloom--");
  };
  EXPECT_EQ(says(dump(9, twice), "redis:7.2,modules="), "aborts");
  const auto module_first = [](RdbWriter& out) {
    add_module_value(out, "MBbloom--");
    add(out, "k");
    add(out, "k");
  };
  EXPECT_EQ(says(dump(9, module_first), "redis:7.2,modules="), "refuses");
}

TEST(PredictionTest, DamageIsJudgedAsFarAsItIsKnown) {
  std::string checksum = kPlain;
  checksum.back() ^= 1;
  EXPECT_EQ(says(checksum, "redis:7.2"), "refuses");
  EXPECT_EQ(says(kPlain.substr(0, kPlain.size() - 3), "redis:7.2"), "refuses");
  EXPECT_EQ(says(kPlain + "more", "redis:7.2"), "loads");
  const std::string listpack = dump(10, [](RdbWriter& out) {
    out.key(16, "h");
    out.string("no listpack");
  });
  const SourceReport report = report_of(listpack, "redis:7.2");
  EXPECT_EQ(report.load->outcome, Outcome::kUnknown);
  EXPECT_FALSE(report.load->sizes);
  EXPECT_EQ(report.verdict, Verdict::kDamaged);
}

// Servers read on in their own way there.
TEST(PredictionTest, NothingIsKnownBehindAGap) {
  const std::string bytes = dump(9, [](RdbWriter& out) {
    add(out, "a");
    out.byte(7);
    out.string("broken");
    out.length(module_id("MBbloom--"));
    out.length(9);  // no such token
    for (int i = 0; i < 200; ++i) add(out, "key " + std::to_string(i));
    add(out, "a");
  });
  const SourceReport report = report_of(bytes, "redis:7.2,modules=bf");
  EXPECT_EQ(report.log.count(Code::kDuplicateKey), 1u);
  EXPECT_EQ(report.load->outcome, Outcome::kUnknown);
}

TEST(PredictionTest, WithoutATargetTheWriterIsAsked) {
  const auto written_by = [](Bytes version) {
    return dump(9, [&](RdbWriter& out) {
      out.aux("redis-ver", version);
      add(out, "k");
    });
  };
  const Prediction named = ask(written_by("6.2.16"), "");
  EXPECT_EQ(release_name(*named.target.release), "redis 6.2");
  EXPECT_EQ(named.target.named_by, NamedBy::kFile);
  // One that does not read the file cannot have written it.
  for (const char* const version : {"255.255.255", "4.0.1", "nonsense"}) {
    const Prediction oldest = ask(written_by(version), "");
    EXPECT_EQ(release_name(*oldest.target.release), "redis 5.0") << version;
    EXPECT_EQ(oldest.target.named_by, NamedBy::kVersion);
    EXPECT_EQ(oldest.outcome, Outcome::kLoads);
  }
}

TEST(PredictionTest, WithoutAHeaderOnlyANamedServerIsJudged) {
  EXPECT_EQ(says("no dump at all", "redis:7.2"), "refuses");
  EXPECT_FALSE(report_of("no dump at all", "").load);
  EXPECT_EQ(says("", "redis:7.2"), "refuses");
}

TEST(PredictionTest, IsMadeOnRequestOnly) {
  const test::TempDir dir;
  EXPECT_FALSE(verify_source(dir.write("dump", kPlain), {}).load);
}

}  // namespace
}  // namespace rdbproof
