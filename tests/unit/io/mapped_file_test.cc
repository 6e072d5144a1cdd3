#include "engine/io/mapped_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <numeric>
#include <thread>
#include <vector>

#include "tests/unit/io/io_test_util.h"

namespace rdbproof {
namespace {

std::unique_ptr<MappedFile> map(const std::string& path, const std::string& name = "dump.rdb") {
  return MappedFile::open(UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), name).value();
}

uint64_t sum(Bytes bytes) {
  return std::accumulate(bytes.begin(), bytes.end(), uint64_t{0},
                         [](uint64_t total, char c) { return total + static_cast<uint8_t>(c); });
}

TEST(MappedFileTest, ShowsTheFile) {
  const test::TempDir dir;
  const std::string data = test::sample(100001);
  const auto file = map(dir.write("a", data));
  EXPECT_TRUE(file->bytes() == data);
  EXPECT_TRUE(file->check_unchanged());
}

TEST(MappedFileTest, AnEmptyFileIsAnEmptyView) {
  const test::TempDir dir;
  const auto file = map(dir.write("a", ""));
  EXPECT_TRUE(file->bytes().empty());
  EXPECT_TRUE(file->check_unchanged());
}

TEST(MappedFileTest, ShrinkingFileReadsAsZerosAndIsTold) {
  const test::TempDir dir;
  const std::string path = dir.write("a", std::string(1 << 20, 'x'));
  const auto file = map(path);
  const auto other = map(path, "other.rdb");
  EXPECT_EQ(file->bytes()[0], 'x');
  ASSERT_EQ(::truncate(path.c_str(), 123), 0);
  // The rest of the page that holds the end reads as zeros without a signal.
  EXPECT_EQ(sum(file->bytes()), 123U * 'x');
  EXPECT_EQ(sum(other->bytes()), 123U * 'x');
  const auto checked = file->check_unchanged();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().message,
            "dump.rdb changed while it was read: it is now 123 bytes, it was 1048576");
  EXPECT_EQ(checked.error().hint, "take the copy again when nobody writes to it");
}

TEST(MappedFileTest, ShrinkingUnderManyReaders) {
  const test::TempDir dir;
  const std::string path = dir.write("a", std::string(8 << 20, 'x'));
  for (int round = 0; round < 10; ++round) {
    ASSERT_EQ(::truncate(path.c_str(), 8 << 20), 0);
    const auto file = map(path);
    std::vector<std::thread> readers;
    for (int i = 0; i < 4; ++i) readers.emplace_back([&] { EXPECT_LE(sum(file->bytes()), ~0U); });
    ASSERT_EQ(::truncate(path.c_str(), 0), 0);
    for (std::thread& reader : readers) reader.join();
    EXPECT_FALSE(file->check_unchanged());
  }
}

TEST(MappedFileTest, TellsOfAVanishedPageThoughTheFileGrewBack) {
  const test::TempDir dir;
  const std::string path = dir.write("a", std::string(1 << 20, 'x'));
  struct stat before {};
  ASSERT_EQ(::stat(path.c_str(), &before), 0);
  const auto file = map(path);
  ASSERT_EQ(::truncate(path.c_str(), 0), 0);
  EXPECT_EQ(sum(file->bytes()), 0U);
  ASSERT_EQ(::truncate(path.c_str(), 1 << 20), 0);
  const timespec times[2] = {before.st_atim, before.st_mtim};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  EXPECT_FALSE(file->check_unchanged());
}

TEST(MappedFileTest, TellsOfWritesThatKeepTheSize) {
  const test::TempDir dir;
  const std::string path = dir.write("a", "xxxx");
  const timespec old[2] = {{1000, 0}, {1000, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), old, 0), 0);
  const auto file = map(path, "\x1B[31m.rdb");
  std::fstream(path, std::ios::in | std::ios::out) << "yy";
  const auto checked = file->check_unchanged();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().message, "\\x1b[31m.rdb changed while it was read: it was written to");
}

TEST(MappedFileTest, GrowthIsAChangeToo) {
  const test::TempDir dir;
  const std::string path = dir.write("a", "xxxx");
  const auto file = map(path);
  ASSERT_EQ(::truncate(path.c_str(), 5000), 0);
  EXPECT_EQ(file->bytes(), "xxxx");
  EXPECT_FALSE(file->check_unchanged());
}

TEST(MappedFileTest, ManyFilesMapAndUnmap) {
  const test::TempDir dir;
  const std::string path = dir.write("a", "xxxx");
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<MappedFile>> files;
    for (int i = 0; i < 800; ++i) files.push_back(map(path));
    EXPECT_EQ(files.back()->bytes(), "xxxx");
  }
}

TEST(MappedFileTest, RefusesWhatIsNoRegularFile) {
  EXPECT_FALSE(MappedFile::open(UniqueFd(::open("/dev/null", O_RDONLY)), "x"));
  EXPECT_FALSE(MappedFile::open(UniqueFd(), "x"));
}

// A fault outside every mapping must still end the process.
TEST(MappedFileDeathTest, OtherFaultsStayFatal) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  // In memory: the processes that die here would leave a folder behind.
  const UniqueFd memory(::memfd_create("rdbproof", 0));
  ASSERT_EQ(::ftruncate(memory.get(), 8192), 0);
  const std::string path = "/proc/self/fd/" + std::to_string(memory.get());
  EXPECT_DEATH(
      {
        const auto file = map(path);
        const int fd = ::open(path.c_str(), O_RDONLY);
        const auto* unguarded =
            static_cast<volatile char*>(::mmap(nullptr, 8192, PROT_READ, MAP_SHARED, fd, 0));
        (void)::truncate(path.c_str(), 0);
        (void)unguarded[4096];
      },
      "");
  EXPECT_DEATH(
      {
        const auto file = map(path);
        ::raise(SIGBUS);
      },
      "");
}

}  // namespace
}  // namespace rdbproof
