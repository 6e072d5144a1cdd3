#include "engine/io/block.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

using test::MemoryStream;

TEST(BlockTest, BeginsEmpty) {
  EXPECT_TRUE(Block().bytes().empty());
}

TEST(BlockTest, HoldsWhatWasAppendedAndFilled) {
  const std::string data = test::sample(3000000);
  for (const size_t spill :
       {size_t{0}, size_t{1}, size_t{5000}, size_t{1} << 20, Block::kSpillBytes}) {
    Block block(spill);
    MemoryStream stream(data.substr(100), 777);
    ASSERT_TRUE(block.append(Bytes(data).substr(0, 100)));
    size_t held = 100;
    for (size_t count = 1; held < data.size(); count *= 3) {
      const size_t added = block.fill(stream, count).value();
      EXPECT_EQ(added, std::min(count, data.size() - held));
      held += added;
      ASSERT_TRUE(block.bytes() == Bytes(data).substr(0, held)) << spill << ' ' << held;
    }
    EXPECT_EQ(block.fill(stream, 5).value(), 0U);
    ASSERT_TRUE(block.append("more"));
    EXPECT_TRUE(block.bytes() == data + "more");
  }
}

TEST(BlockTest, AppendsBitByBit) {
  const std::string data = test::sample(20000);
  for (const size_t spill : {size_t{0}, size_t{999}, Block::kSpillBytes}) {
    Block block(spill);
    for (size_t i = 0; i < data.size(); i += 3) {
      ASSERT_TRUE(block.append(Bytes(data).substr(i, 3)));
      ASSERT_TRUE(block.append({}));
    }
    EXPECT_TRUE(block.bytes() == data);
  }
}

TEST(BlockTest, HostileCountsTakeNoMemory) {
  for (const size_t spill : {size_t{0}, size_t{10}, Block::kSpillBytes, ~size_t{0}}) {
    Block block(spill);
    ASSERT_TRUE(block.append("ab"));
    MemoryStream stream("cdefghijklmn");
    EXPECT_EQ(block.fill(stream, ~size_t{0}).value(), 12U);
    EXPECT_EQ(block.bytes(), "abcdefghijklmn");
  }
}

TEST(BlockTest, MovesWithItsBytes) {
  for (const size_t spill : {size_t{2}, size_t{100}}) {
    Block first(spill);
    ASSERT_TRUE(first.append("abcdef"));
    const char* const place = first.bytes().data();
    Block second(std::move(first));
    EXPECT_EQ(second.bytes(), "abcdef");
    EXPECT_EQ(second.bytes().data(), place);
    EXPECT_TRUE(first.bytes().empty());  // NOLINT(bugprone-use-after-move): a contract
    ASSERT_TRUE(first.append("xyz"));
    second = std::move(first);
    EXPECT_EQ(second.bytes(), "xyz");
  }
}

TEST(BlockTest, LeavesNoFileBehind) {
  const test::TempDir dir;
  Block block(10, dir.path());
  ASSERT_TRUE(block.append(test::sample(100000)));
  EXPECT_TRUE(std::filesystem::is_empty(dir.path()));
}

TEST(BlockTest, UsesTmpdir) {
  const char* const old = std::getenv("TMPDIR");
  const std::string saved = old != nullptr ? old : "";
  ::setenv("TMPDIR", "/no/such/directory", 1);
  Block block(2);
  ASSERT_TRUE(block.append("ab"));
  const auto appended = block.append("c");
  old != nullptr ? ::setenv("TMPDIR", saved.c_str(), 1) : ::unsetenv("TMPDIR");
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().message,
            "cannot create a temporary file in /no/such/directory: no such file or directory");
  EXPECT_EQ(block.bytes(), "ab");
}

TEST(BlockTest, AFullDiskIsAnError) {
  const test::TempDir dir;
  Block block(0, dir.path());
  ASSERT_TRUE(block.append(std::string(1000, 'x')));
  // A limit on file sizes stands in for a full disk.
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  const auto old_handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{100000, old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  MemoryStream stream(std::string(500000, 'y'));
  const auto filled = block.fill(stream, 500000);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  std::signal(SIGXFSZ, old_handler);
  ASSERT_FALSE(filled);
  EXPECT_EQ(filled.error().message,
            "cannot hold a record of 1000 bytes or more in " + dir.path() + ": file too large");
  EXPECT_EQ(block.bytes(), std::string(1000, 'x'));
}

TEST(BlockTest, PassesReadErrorsOn) {
  for (const size_t spill : {size_t{0}, Block::kSpillBytes}) {
    Block block(spill);
    test::FailingStream stream(10);
    EXPECT_EQ(block.fill(stream, 10).value(), 10U);
    EXPECT_EQ(block.fill(stream, 10).error().message, "broken");
    EXPECT_EQ(block.bytes().size(), 10U);
  }
}

}  // namespace
}  // namespace rdbproof
