#include "engine/verify/salvage.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/rdb/writer.h"
#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

void add(RdbWriter& out, Bytes name, Bytes value) {
  out.key(0, name);
  out.string(value);
}

// Three keys, one of them twice, and a byte that is no record.
std::string damaged_dump() {
  std::string bytes;
  RdbWriter out(bytes);
  out.header(9);
  out.select_db(0);
  out.resize_db(4, 0);
  add(out, "k", "first");
  add(out, "l", "x");
  out.byte(99);
  add(out, "k", "second");
  add(out, "m", "y");
  EXPECT_TRUE(out.finish());
  return bytes;
}

VerifyOptions options() {
  VerifyOptions result;
  result.threads = 2;
  return result;
}

std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

size_t files_in(const std::string& directory) {
  return static_cast<size_t>(std::distance(std::filesystem::directory_iterator(directory), {}));
}

TEST(SalvageTest, KeepsTheFirstOfTwoKeysAndLeavesOutWhatIsNoRecord) {
  const test::TempDir dir;
  const std::string source = dir.write("damaged", damaged_dump());
  const std::string target = dir.file("clean");
  const Result<SalvageReport> report = salvage(source, target, false, options());
  ASSERT_TRUE(report) << report.error().message;
  EXPECT_EQ(report->source.verdict, Verdict::kDamaged);
  EXPECT_EQ(report->written.verdict, Verdict::kOk);

  std::string wanted;
  RdbWriter out(wanted);
  out.header(9);
  out.select_db(0);
  add(out, "k", "first");
  add(out, "l", "x");
  add(out, "m", "y");
  ASSERT_TRUE(out.finish());
  EXPECT_EQ(content_of(target), wanted);
  struct stat status {};
  ASSERT_EQ(::stat(target.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(SalvageTest, ReplacesAFileOnlyWhenTold) {
  const test::TempDir dir;
  const std::string source = dir.write("damaged", damaged_dump());
  const std::string target = dir.write("clean", "something else");
  EXPECT_FALSE(salvage(source, target, false, options()));
  EXPECT_EQ(content_of(target), "something else");
  EXPECT_TRUE(salvage(source, target, true, options()));
  EXPECT_EQ(content_of(target).substr(0, 5), "REDIS");
  EXPECT_EQ(files_in(dir.path()), 2u);
}

TEST(SalvageTest, NeverReplacesItsSource) {
  const test::TempDir dir;
  const std::string source = dir.write("damaged", damaged_dump());
  ASSERT_EQ(::link(source.c_str(), dir.file("other name").c_str()), 0);
  EXPECT_FALSE(salvage(source, source, true, options()));
  EXPECT_FALSE(salvage(source, dir.file("other name"), true, options()));
  EXPECT_EQ(content_of(source), damaged_dump());
}

TEST(SalvageTest, AFailureLeavesNothingBehind) {
  const test::TempDir dir;
  const std::string source = dir.write("damaged", "not an RDB file");
  EXPECT_FALSE(salvage(source, dir.file("clean"), false, options()));
  EXPECT_FALSE(salvage(dir.file("missing"), dir.file("clean"), false, options()));
  EXPECT_FALSE(salvage("-", dir.file("clean"), false, options()));
  EXPECT_FALSE(salvage(source, dir.file("no such folder/clean"), false, options()));
  EXPECT_EQ(files_in(dir.path()), 1u);
}

}  // namespace
}  // namespace rdbproof
