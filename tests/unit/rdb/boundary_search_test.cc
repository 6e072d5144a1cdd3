#include "engine/rdb/boundary_search.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "engine/rdb/writer.h"
#include "tests/unit/rdb/recording_sink.h"

namespace rdbproof {
namespace {

constexpr uint64_t kFooterBytes = 8;

// `keys` small records and, if wanted, the end of the file.
std::string records(int keys, bool with_end) {
  std::string bytes;
  RdbWriter out(bytes);
  out.header(9);
  const size_t header = bytes.size();
  for (int i = 0; i < keys; ++i) {
    out.key(0, "key:" + std::to_string(i));
    out.string("some text");
  }
  if (with_end) {
    EXPECT_TRUE(out.finish());
  }
  return bytes.substr(header);
}

std::string garbage(size_t size, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string bytes(size, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random());
  return bytes;
}

std::optional<uint64_t> find(const std::string& window, bool is_last) {
  const FileContext file = test::context_of("REDIS0009");
  return BoundarySearch(file).find(window, is_last, 0, window.size());
}

// Garbage may end in what looks like one more record, but what is found never lies behind the
// first.
TEST(BoundarySearchTest, FindsRecordsBehindGarbage) {
  int exact = 0;
  for (unsigned seed = 0; seed < 50; ++seed) {
    const std::string lead = garbage(10 + 100 * seed, seed);
    for (const auto& found :
         {find(lead + records(16, false), false), find(lead + records(1, true), true)}) {
      ASSERT_TRUE(found) << "seed " << seed;
      EXPECT_LE(*found, lead.size()) << "seed " << seed;
      exact += *found == lead.size();
    }
  }
  EXPECT_GE(exact, 90);
}

TEST(BoundarySearchTest, FewRecordsAreBelievedOnlyWhereTheyEndTheFile) {
  EXPECT_FALSE(find("\x99" + records(15, false), false));
  EXPECT_FALSE(find("\x99" + records(15, false), true));
  EXPECT_FALSE(find("\x99" + records(15, true) + "x", true)) << "it does not end there";
  EXPECT_EQ(find("\x99" + records(15, true), true), 1u);
}

TEST(BoundarySearchTest, AnEndWithoutAKeyIsNotBelieved) {
  EXPECT_FALSE(find("\x99\xff" + std::string(kFooterBytes, 'x'), true));
}

TEST(BoundarySearchTest, ZerosAreNotRecords) {
  const std::string zeros(100'000, '\0');
  EXPECT_FALSE(find(zeros, true));
  EXPECT_EQ(find(zeros + "\x99" + records(20, true), true), zeros.size() + 1);
}

TEST(BoundarySearchTest, WorkIsBoundedHoweverManyPlacesLookRight) {
  // Every eighth byte begins a hash of a hundred million fields, most of them empty.
  std::string window;
  while (window.size() < 4 * BoundarySearch::kLookAhead) {
    window += std::string("\x04\x01\x01\x80\x06\0\0\0", 8);
  }
  const FileContext file = test::context_of("REDIS0009");
  BoundarySearch search(file);
  EXPECT_FALSE(search.find(window, false, 0, window.size()));
  EXPECT_TRUE(search.gave_up());
  EXPECT_FALSE(search.find(records(20, true), true, 0, 1)) << "once and for all";
}

}  // namespace
}  // namespace rdbproof
