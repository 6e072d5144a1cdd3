#include "engine/verify/function_names.h"

#include <gtest/gtest.h>

#include "tests/unit/verify/dumps.h"

namespace rdbproof {
namespace {

using test::dump_of;
using test::findings_of;
using Lines = std::vector<std::string>;

std::string libraries(const std::vector<std::string>& sources, unsigned version = 12) {
  return dump_of(
      [&](RdbWriter& out) {
        for (const std::string& source : sources) out.function_library(source);
      },
      version);
}

TEST(FunctionNamesTest, ALibraryHasAHeader) {
  EXPECT_EQ(findings_of(libraries({"#!lua name=a\nreturn"})),
            Lines{"function-not-compiled 9 db 0"});
  EXPECT_EQ(findings_of(libraries({"return 1"})),
            Lines{"bad-function 9 db 0: it does not begin with #!"});
  EXPECT_EQ(test::report_of(libraries({"return 1"})).verdict, Verdict::kRefused);
  EXPECT_EQ(findings_of(libraries({"#!js name=a\n"})),
            Lines{"bad-function 9 db 0: an engine that this server does not have"});
  EXPECT_EQ(findings_of(libraries({"#!js name=a\n"}, 80)), Lines{"function-not-compiled 9 db 0"});
}

TEST(FunctionNamesTest, NamesOccurOnce) {
  const Lines findings = findings_of(
      libraries({"#!lua name=b\n", "#!lua name=a\n", "#!LUA name=a\nx", "#!lua name=A\n", "none",
                 "#!lua name=b\n", "none", "#!lua name=a\n"}));
  ASSERT_EQ(findings.size(), 11u) << "two without a header, six not compiled, three repeated";
  EXPECT_EQ(findings[8], "bad-function 39: a second library a, after the one at offset 24");
  EXPECT_EQ(findings[9], "bad-function 76: a second library b, after the one at offset 9");
  EXPECT_EQ(findings[10], "bad-function 97: a second library a, after the one at offset 24");
}

TEST(FunctionNamesTest, MoreThanAnybodyHasAreNotCompared) {
  FunctionNames names;
  for (int i = 0; i < 10'000; ++i) names.add("#!lua name=l" + std::to_string(i) + "\n");
  FindingLog enough(10);
  names.check(enough);
  EXPECT_EQ(enough.total(), 0u);
  FunctionNames more;
  more.add("#!lua name=l0\n");
  names.absorb(std::move(more));
  FindingLog too_many(10);
  names.check(too_many);
  EXPECT_EQ(too_many.count(Code::kDuplicatesUnchecked), 1u);
  EXPECT_EQ(names.libraries(), 10'001u);
}

}  // namespace
}  // namespace rdbproof
