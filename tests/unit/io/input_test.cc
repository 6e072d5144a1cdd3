#include "engine/io/input.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <thread>
#include <vector>

#include "tests/unit/io/io_test_util.h"
#include "tests/unit/io/standard_input.h"

namespace rdbproof {
namespace {

using test::drain;
using test::Drained;
using test::Pipe;
using test::StandardInput;
using test::TempDir;

constexpr Bytes kVcsLz4("VCS\x01\x01\0\x01", 7);
constexpr Bytes kVcsZstd("VCS\x01\x02\0\x01", 7);

Drained content(Input& input) {
  if (input.stream) return drain(*input.stream);
  Drained drained;
  drained.data = input.mapped->bytes();
  return drained;
}

std::string data() {
  return "REDIS0011" + test::sample(200000);
}

struct Kind {
  Compression compression;
  std::string bytes;
};

std::vector<Kind> every_kind() {
  return {{Compression::kNone, data()},
          {Compression::kZstd, test::zstd(data())},
          {Compression::kZstd, test::skippable(10) + test::zstd(data())},
          {Compression::kLz4, test::lz4(data())},
          {Compression::kLz4, test::skippable(10) + test::skippable(70) + test::lz4(data())},
          {Compression::kGzip, test::gzip(data())},
          {Compression::kVcsLz4, std::string(kVcsLz4) + test::lz4(data())},
          {Compression::kVcsZstd, std::string(kVcsZstd) + test::zstd(data())}};
}

TEST(InputTest, OpensEveryKindOfFile) {
  const TempDir dir;
  for (const Kind& kind : every_kind()) {
    const std::string path = dir.write("dump.txt", kind.bytes);
    Input input = open_input(path).value();
    EXPECT_EQ(input.name, path);
    EXPECT_EQ(input.compression, kind.compression);
    EXPECT_EQ(input.file_bytes, kind.bytes.size());
    EXPECT_EQ(input.mapped != nullptr, kind.compression == Compression::kNone);
    EXPECT_EQ(input.stream != nullptr, kind.compression != Compression::kNone);
    const Drained out = content(input);
    EXPECT_EQ(out.damage, Code::kNone) << out.detail;
    EXPECT_TRUE(out.data == data()) << compression_name(kind.compression);
    if (input.stream) {
      EXPECT_EQ(input.stream->bytes_in(), kind.bytes.size());
    }
  }
}

TEST(InputTest, OpensEveryKindOfPipe) {
  for (const Kind& kind : every_kind()) {
    for (const size_t piece : {1, 3, 65536}) {
      Pipe pipe(kind.bytes, piece);
      const StandardInput standard_input(pipe.read_end);
      Input input = open_input("-").value();
      EXPECT_EQ(input.compression, kind.compression);
      EXPECT_FALSE(input.file_bytes);
      ASSERT_TRUE(input.stream);
      const Drained out = content(input);
      EXPECT_EQ(out.damage, Code::kNone) << out.detail;
      EXPECT_TRUE(out.data == data()) << compression_name(kind.compression);
      EXPECT_EQ(input.stream->bytes_in(), kind.bytes.size());
    }
  }
}

TEST(InputTest, MapsRedirectedFiles) {
  const TempDir dir;
  const std::string path = dir.write("a", data());
  const StandardInput standard_input(::open(path.c_str(), O_RDONLY));
  Input input = open_input("-").value();
  ASSERT_TRUE(input.mapped);
  EXPECT_TRUE(input.mapped->bytes() == data());
}

TEST(InputTest, ReadsRedirectedFilesFromTheirPosition) {
  const TempDir dir;
  for (const Kind& kind : every_kind()) {
    const std::string path = dir.write("a", "12345" + kind.bytes);
    const int fd = ::open(path.c_str(), O_RDONLY);
    ASSERT_EQ(::lseek(fd, 5, SEEK_SET), 5);
    const StandardInput standard_input(fd);
    Input input = open_input("-").value();
    ASSERT_TRUE(input.stream);
    EXPECT_EQ(input.file_bytes, kind.bytes.size());
    EXPECT_TRUE(content(input).data == data());
  }
}

TEST(InputTest, WaitsOnNonBlockingStandardInput) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_NONBLOCK), 0);
  const StandardInput standard_input(ends[0]);
  std::thread writer([to = ends[1]] {
    for (const char c : std::string("REDIS0011")) {
      ::usleep(2000);
      EXPECT_EQ(::write(to, &c, 1), 1);
    }
    ::close(to);
  });
  Input input = open_input("-").value();
  EXPECT_EQ(content(input).data, "REDIS0011");
  writer.join();
}

TEST(InputTest, OpensFifos) {
  const TempDir dir;
  const std::string path = dir.file("fifo");
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  std::thread writer([&] { std::ofstream(path) << test::lz4("REDIS0011"); });
  Input input = open_input(path).value();
  writer.join();
  EXPECT_EQ(input.compression, Compression::kLz4);
  EXPECT_EQ(content(input).data, "REDIS0011");
}

TEST(InputTest, ShortFilesAreUncompressed) {
  const TempDir dir;
  for (const std::string bytes : {"", "R", "\x28\xB5\x2F", "VC", "VCT\x01", "\x1F", "REDIS0011"}) {
    Input file = open_input(dir.write("a", bytes)).value();
    EXPECT_EQ(file.compression, Compression::kNone);
    EXPECT_EQ(content(file).data, bytes);
    Pipe pipe(bytes, 1);
    const StandardInput standard_input(pipe.read_end);
    Input piped = open_input("-").value();
    EXPECT_EQ(piped.compression, Compression::kNone);
    EXPECT_EQ(content(piped).data, bytes);
  }
}

TEST(InputTest, RefusesForeignVcsHeaders) {
  const TempDir dir;
  for (size_t byte = 3; byte < kVcsLz4.size(); ++byte) {
    std::string bad(kVcsLz4);
    bad[byte] = 9;
    Input input = open_input(dir.write("a", bad + test::lz4(data()))).value();
    const Drained out = content(input);
    EXPECT_EQ(out.damage, Code::kForeignFormat) << byte;
    EXPECT_TRUE(out.data.empty());
    EXPECT_TRUE(out.detail.starts_with("VCS: ")) << out.detail;
  }
}

TEST(InputTest, VcsCutAtEveryByte) {
  const TempDir dir;
  const std::string whole = std::string(kVcsLz4) + test::lz4(test::sample(300));
  for (size_t cut = 3; cut < whole.size(); ++cut) {
    Input input = open_input(dir.write("a", whole.substr(0, cut))).value();
    EXPECT_EQ(content(input).damage, Code::kTruncated) << cut;
  }
}

TEST(InputTest, VcsHoldsOneFrameOnly) {
  const TempDir dir;
  const std::string frame = test::lz4("REDIS");
  Input input = open_input(dir.write("a", std::string(kVcsLz4) + frame + frame)).value();
  const Drained out = content(input);
  EXPECT_EQ(out.damage, Code::kBadEnvelope);
  EXPECT_EQ(out.data, "REDIS");
}

TEST(InputTest, SkippableFramesBeyondThePeekAreZstd) {
  const TempDir dir;
  Input input = open_input(dir.write("a", test::skippable(100000) + test::zstd("REDIS"))).value();
  EXPECT_EQ(input.compression, Compression::kZstd);
  EXPECT_EQ(content(input).data, "REDIS");
}

TEST(InputTest, SurvivesNoiseBehindEveryMagic) {
  const TempDir dir;
  const std::vector<Kind> kinds = every_kind();
  for (uint32_t seed = 0; seed < 400; ++seed) {
    const std::string front = kinds[seed % kinds.size()].bytes.substr(0, seed % 30);
    auto input = open_input(dir.write("a", front + test::noise(seed, seed)));
    ASSERT_TRUE(input);
    EXPECT_FALSE(content(*input).error);
  }
}

TEST(InputTest, ACompressedFileThatChangesIsAnError) {
  const TempDir dir;
  const std::string bytes = test::zstd(test::noise(3000000));
  const std::string path = dir.write("a.zst", bytes);
  Input input = open_input(path).value();
  char some[100];
  ASSERT_TRUE(input.stream->read(some, sizeof some));
  ASSERT_EQ(::truncate(path.c_str(), 1000000), 0);
  const Drained out = drain(*input.stream, 1 << 20);
  EXPECT_TRUE(out.error);
  EXPECT_EQ(out.message, path + " changed while it was read: it is now 1000000 bytes, it was " +
                             std::to_string(bytes.size()));
}

TEST(InputTest, TellsWhyAFileCannotBeOpened) {
  const TempDir dir;
  const auto why = [](const std::string& path) {
    const auto input = open_input(path);
    return input ? Error{"opened", ""} : input.error();
  };
  EXPECT_EQ(why("/no/dump.rdb").message, "cannot open /no/dump.rdb: no such file or directory");
  EXPECT_EQ(why("").message, "cannot open : no such file or directory");
  EXPECT_EQ(why("/no/\x1B[2J").message, "cannot open /no/\\x1b[2J: no such file or directory");
  EXPECT_EQ(why(std::string("a\0b", 3)).message, "cannot open a\\x00b: the name holds a zero byte");
  EXPECT_EQ(why(dir.path()).message, "cannot open " + dir.path() + ": is a directory");
  EXPECT_EQ(why(dir.path()).hint, "name a file in it");
  EXPECT_EQ(why("/dev/null").message, "cannot open /dev/null: is a device");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, dir.file("socket").c_str(), sizeof address.sun_path - 1);
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_EQ(why(dir.file("socket")).message, "cannot open " + dir.file("socket") + ": is a socket");
}

TEST(InputTest, TellsOfMissingPermission) {
  const TempDir dir;
  const std::string path = dir.write("a", "REDIS");
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  if (::geteuid() == 0) {
    ASSERT_EQ(::chmod(dir.path().c_str(), 0755), 0);
    ASSERT_EQ(::seteuid(65534), 0);
  }
  const auto input = open_input(path);
  if (::getuid() == 0) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  ASSERT_FALSE(input);
  EXPECT_EQ(input.error().message, "cannot open " + path + ": permission denied");
  EXPECT_EQ(input.error().hint, "run as a user who may read it");
}

TEST(InputTest, TellsWhyStandardInputCannotBeRead) {
  {
    const StandardInput closed(-1);
    const auto input = open_input("-");
    ASSERT_FALSE(input);
    EXPECT_EQ(input.error().message, "cannot read standard input: it is closed");
  }
  const StandardInput directory(::open("/tmp", O_RDONLY));
  const auto input = open_input("-");
  ASSERT_FALSE(input);
  EXPECT_EQ(input.error().message, "cannot read standard input: is a directory");
}

TEST(InputTest, EveryCompressionHasAName) {
  EXPECT_EQ(compression_name(Compression::kNone), "none");
  EXPECT_EQ(compression_name(Compression::kGzip), "gzip");
  EXPECT_EQ(compression_name(Compression::kVcsZstd), "vcs-zstd");
}

}  // namespace
}  // namespace rdbproof
