#include "engine/io/scratch_file.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

TEST(ScratchFileTest, ReadsWhatWasAppended) {
  const test::TempDir dir;
  const Result<std::unique_ptr<Scratch>> opened = ScratchFile::create(dir.path());
  ASSERT_TRUE(opened);
  Scratch& scratch = **opened;
  EXPECT_TRUE(std::filesystem::is_empty(dir.path())) << "it has no name";
  const std::string data = test::sample(300000);
  ASSERT_TRUE(scratch.append(Bytes(data).substr(0, 1000)));
  ASSERT_TRUE(scratch.append({}));
  ASSERT_TRUE(scratch.append(Bytes(data).substr(1000)));
  EXPECT_EQ(scratch.size(), data.size());
  std::string read(200000, '\0');
  ASSERT_TRUE(scratch.read(500, read.data(), read.size()));
  EXPECT_EQ(read, data.substr(500, read.size()));
  EXPECT_FALSE(scratch.read(data.size(), read.data(), 1)) << "nobody appended that";
}

TEST(ScratchFileTest, ADirectoryThatIsNotThereIsAnError) {
  const Result<std::unique_ptr<Scratch>> opened = ScratchFile::create("/no/such/directory");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().message,
            "cannot create a temporary file in /no/such/directory: no such file or directory");
}

}  // namespace
}  // namespace rdbproof
