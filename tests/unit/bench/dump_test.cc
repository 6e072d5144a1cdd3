#include "bench/dump.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "engine/hash/hash128.h"

namespace rdbproof::bench {
namespace {

constexpr uint64_t kBytes = 3'000'000;

struct Choice {
  std::string profile;
  unsigned version = 10;
  uint64_t seed = 1;
  unsigned threads = 1;
};

std::string dump_of(const Choice& choice) {
  const auto profile = make_profile(choice.profile, choice.seed);
  std::string bytes;
  RdbWriter out(bytes);
  const auto counts = write_dump({.profile = profile.get(),
                                  .bytes = kBytes,
                                  .seed = choice.seed,
                                  .version = choice.version,
                                  .threads = choice.threads},
                                 out);
  EXPECT_EQ(counts.value_or(DumpCounts()).bytes, bytes.size());
  return bytes;
}

class DumpProfiles : public testing::TestWithParam<ProfileKind> {
 protected:
  std::string name() const { return std::string(GetParam().name); }
};

TEST_P(DumpProfiles, ThreadsDoNotChangeTheFile) {
  for (const unsigned version : {9u, 10u, 11u, 12u}) {
    const std::string one = dump_of({name(), version});
    EXPECT_NEAR(static_cast<double>(one.size()), kBytes, kBytes / 20);
    for (const unsigned threads : {2u, 7u}) {
      // Not EXPECT_EQ, which would print them.
      EXPECT_TRUE(dump_of({name(), version, 1, threads}) == one) << version << ", " << threads;
    }
  }
}

TEST_P(DumpProfiles, TheSeedChangesTheFile) {
  EXPECT_FALSE(dump_of({name(), 10, 1}) == dump_of({name(), 10, 2}));
}

// Figures are comparable only between equal files.
TEST_P(DumpProfiles, FilesAreThoseOfEarlierFigures) {
  const std::map<std::string, std::string> expected = {
      {"small-strings", "f2ffa71e87b680cebddb48d392560c0a"},
      {"mixed", "85eed080a5534db153cd2bc22e8ed8ec"},
      {"huge-collections", "06b9936f081872b07c8039736a3f845e"},
      {"json-lzf", "7166359431ff0c0cb1ac5bfabe88b810"},
      {"streams", "86cc36392dfc9815ad16ccf1443003f9"},
      {"ttl-heavy", "d6340aa625af5836466f0c859973ce36"},
      {"giant", "51dfd1d06f5cdbd94d3c0c1ec735d096"},
  };
  EXPECT_EQ(to_hex(hash128(dump_of({name()}))), expected.at(name()));
}

INSTANTIATE_TEST_SUITE_P(All, DumpProfiles, testing::ValuesIn(profile_kinds()),
                         [](const auto& instance) {
                           std::string name(instance.param.name);
                           std::erase(name, '-');
                           return name;
                         });

TEST(ProfileTest, UnknownNamesHaveNone) {
  EXPECT_EQ(make_profile("small", 1), nullptr);
}

}  // namespace
}  // namespace rdbproof::bench
