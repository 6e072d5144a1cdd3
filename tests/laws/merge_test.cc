// Adding up the contents of files gives the same in any order and grouping.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

#include "tests/laws/corpus_files.h"

namespace rdbproof {
namespace {

constexpr const char* kDumps[] = {"7.4.1/small.rdb", "valkey-9-dev/manydb.rdb",
                                  "keydb-6.3.4/small.rdb"};

std::string totals(const Contents& contents, const VerifyOptions& options) {
  RunReport run(options);
  run.total.merge(contents);
  return nlohmann::json::parse(render_json(run))["total"].dump();
}

class MergeLaw : public testing::Test {
 protected:
  MergeLaw() : options_(test::law_options()) {
    for (const char* name : kDumps)
      reports_.push_back(verify_source(test::corpus_dump(name), options_));
  }

  // The sum of these, from the left.
  Contents sum(std::initializer_list<const Contents*> parts) const {
    Contents total(options_.now_ms);
    for (const Contents* part : parts) total.merge(*part);
    return total;
  }
  std::string text(const Contents& contents) const { return totals(contents, options_); }

  const VerifyOptions options_;
  std::vector<SourceReport> reports_;
};

TEST_F(MergeLaw, OrderDoesNotMatter) {
  std::array<size_t, 3> order{0, 1, 2};
  const std::string expected =
      text(sum({&reports_[0].contents, &reports_[1].contents, &reports_[2].contents}));
  EXPECT_NE(expected.find("\"db\":0"), std::string::npos);
  do {
    EXPECT_EQ(text(sum({&reports_[order[0]].contents, &reports_[order[1]].contents,
                        &reports_[order[2]].contents})),
              expected);
  } while (std::ranges::next_permutation(order).found);
}

TEST_F(MergeLaw, GroupingDoesNotMatter) {
  const Contents& a = reports_[0].contents;
  const Contents& b = reports_[1].contents;
  const Contents& c = reports_[2].contents;
  Contents left = sum({&a, &b});
  left.merge(c);
  const Contents b_and_c = sum({&b, &c});
  Contents right = sum({&a});
  right.merge(b_and_c);
  EXPECT_EQ(text(left), text(right));
}

TEST_F(MergeLaw, NothingAddsNothing) {
  const Contents nothing(options_.now_ms);
  const std::string expected = text(reports_[0].contents);
  EXPECT_EQ(text(sum({&reports_[0].contents, &nothing})), expected);
  EXPECT_EQ(text(sum({&nothing, &reports_[0].contents})), expected);
  EXPECT_NE(text(sum({&reports_[0].contents, &reports_[0].contents})), expected);
}

}  // namespace
}  // namespace rdbproof
