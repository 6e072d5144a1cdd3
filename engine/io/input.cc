#include "engine/io/input.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "engine/io/decompress.h"
#include "engine/io/os.h"
#include "engine/io/parallel_zstd.h"
#include "engine/io/read_ahead.h"

namespace rdbproof {
namespace {

// How far into a file its kind is looked for.
constexpr size_t kPeekBytes = size_t{64} << 10;

struct Source {
  std::string name;
  UniqueFd fd;
  // Regular files only.
  std::optional<FileStamp> stamp;
  uint64_t position = 0;
};

tl::unexpected<Error> refuse(const std::string& name, const std::string& why,
                             std::string hint = {}) {
  const char* const verb = name == "-" ? "cannot read " : "cannot open ";
  return fail(verb + display_name(name) + ": " + why, std::move(hint));
}

tl::unexpected<Error> refuse_errno(const std::string& name, int error) {
  const char* hint = "";
  if (error == EACCES || error == EPERM) hint = "run as a user who may read it";
  if (error == ENOENT) hint = "check the path; \"-\" reads standard input";
  return refuse(name, errno_text(error), hint);
}

tl::unexpected<Error> refuse_directory(const std::string& name) {
  return refuse(name, "is a directory", "name a file in it");
}

Result<Source> open_standard_input() {
  Source source{"-", UniqueFd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)), std::nullopt, 0};
  struct stat status {};
  if (!source.fd || ::fstat(source.fd.get(), &status) != 0) {
    if (errno == EBADF) return refuse("-", "it is closed", "redirect a dump into it");
    return refuse_errno("-", errno);
  }
  if (S_ISDIR(status.st_mode)) return refuse_directory("-");
  if (::isatty(source.fd.get()) != 0) {
    return refuse("-", "is a terminal", "redirect a dump into it");
  }
  if (S_ISREG(status.st_mode)) {
    source.stamp = stamp_of(status);
    const off_t position = ::lseek(source.fd.get(), 0, SEEK_CUR);
    if (position < 0) return refuse_errno("-", errno);
    source.position = static_cast<uint64_t>(position);
  }
  return source;
}

// Whether a path that has `mode` is worth opening. Opening a device may have effects.
Result<void> expect_readable_kind(const std::string& path, mode_t mode) {
  if (S_ISREG(mode) || S_ISFIFO(mode)) return {};
  if (S_ISDIR(mode)) return refuse_directory(path);
  const char* const kind = S_ISSOCK(mode) ? "is a socket" : "is a device";
  return refuse(path, kind, "name a regular file or a pipe");
}

Result<Source> open_path(const std::string& path) {
  if (path.find('\0') != std::string::npos) return refuse(path, "the name holds a zero byte");
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return refuse_errno(path, errno);
  if (auto kind = expect_readable_kind(path, status.st_mode); !kind) {
    return tl::unexpected(std::move(kind).error());
  }
  int fd = -1;
  do {
    fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return refuse_errno(path, errno);
  Source source{path, UniqueFd(fd), std::nullopt, 0};
  // Another file may have taken the name in between.
  if (::fstat(fd, &status) != 0) return refuse_errno(path, errno);
  if (auto kind = expect_readable_kind(path, status.st_mode); !kind) {
    return tl::unexpected(std::move(kind).error());
  }
  if (S_ISREG(status.st_mode)) source.stamp = stamp_of(status);
  return source;
}

// Tells the kind of `source`. `front` receives what had to be taken from a pipe for that; a regular
// file stays at its position.
Result<Sniffed> sniff_source(const Source& source, std::string& front) {
  std::string buffer(kPeekBytes, '\0');
  size_t filled = 0;
  std::optional<Sniffed> sniffed;
  while (!sniffed) {
    char* const into = buffer.data() + filled;
    const size_t room = buffer.size() - filled;
    TRY(const size_t got, source.stamp ? read_some_at(source.fd.get(), into, room,
                                                      source.position + filled, source.name)
                                       : read_some(source.fd.get(), into, room, source.name));
    filled += got;
    const bool complete = got == 0 || filled == buffer.size();
    sniffed = sniff(Bytes(buffer.data(), filled), complete);
  }
  if (!source.stamp) front.assign(buffer.data(), filled);
  return std::move(*sniffed);
}

Result<std::unique_ptr<ByteStream>> decompress(Compression compression,
                                               std::unique_ptr<ByteStream> stream,
                                               uint64_t memory_bytes) {
  if (compression == Compression::kVcsLz4 || compression == Compression::kVcsZstd) {
    std::array<char, kVcsHeaderBytes> header;
    TRY([[maybe_unused]] const size_t got, read_fully(*stream, header.data(), header.size()));
  }
  switch (compression) {
    case Compression::kNone:
      break;
    case Compression::kZstd:
      return decompress_zstd(std::move(stream), Frames::kMany, memory_bytes);
    case Compression::kLz4:
      return decompress_lz4(std::move(stream), Frames::kMany);
    case Compression::kGzip:
      return decompress_gzip(std::move(stream), Frames::kMany);
    case Compression::kVcsLz4:
      return decompress_lz4(std::move(stream), Frames::kOne);
    case Compression::kVcsZstd:
      return decompress_zstd(std::move(stream), Frames::kOne, memory_bytes);
  }
  return stream;
}

// Whether a thread of its own for the stream makes `threads` that work on its bytes faster. What is
// not compressed takes less time to read than to hand over, and two threads that decompress zstd
// and decode in turn have no time to spare.
bool is_read_ahead(Compression compression, unsigned threads) {
  switch (compression) {
    case Compression::kNone:
      return false;
    case Compression::kZstd:
    case Compression::kVcsZstd:
      return threads > 2;
    case Compression::kLz4:
    case Compression::kVcsLz4:
    case Compression::kGzip:
      return threads > 1;
  }
  return false;
}

Result<std::unique_ptr<ByteStream>> make_stream(Source source, std::string front,
                                                Compression compression, uint64_t memory_bytes,
                                                unsigned threads) {
  std::shared_ptr<Interrupt> interrupt;
  if (is_read_ahead(compression, threads)) {
    TRY(interrupt, Interrupt::create());
  }
  std::unique_ptr<ByteStream> stream = std::make_unique<FdStream>(
      std::move(source.fd), std::move(source.name), source.stamp, interrupt);
  if (!front.empty()) {
    stream = std::make_unique<PrefixedStream>(std::move(front), std::move(stream));
  }
  if (interrupt && compression == Compression::kZstd) {
    return decompress_zstd_parallel(std::move(stream), std::move(interrupt), memory_bytes, threads);
  }
  TRY(stream, decompress(compression, std::move(stream), memory_bytes));
  if (!interrupt) return stream;
  return std::make_unique<ReadAheadStream>(std::move(stream), std::move(interrupt));
}

// Null where the file cannot be mapped but may still be read.
std::unique_ptr<MappedFile> try_map(const Source& source) {
  UniqueFd fd(::fcntl(source.fd.get(), F_DUPFD_CLOEXEC, 3));
  if (!fd) return nullptr;
  auto mapped = MappedFile::open(std::move(fd), source.name);
  return mapped ? std::move(*mapped) : nullptr;
}

}  // namespace

Result<Input> open_input(const std::string& path, uint64_t memory_bytes, unsigned threads) {
  TRY(Source source, path == "-" ? open_standard_input() : open_path(path));
  std::string front;
  TRY(Sniffed sniffed, sniff_source(source, front));
  Input input;
  input.name = path;
  input.memory_bytes = memory_bytes;
  input.compression = sniffed.compression;
  if (source.stamp) {
    const uint64_t size = source.stamp->size;
    input.file_bytes = size > source.position ? size - source.position : 0;
  }
  if (sniffed.refusal) {
    input.stream = std::make_unique<UnreadableStream>(std::move(*sniffed.refusal));
    return input;
  }
  if (sniffed.compression == Compression::kNone && source.stamp && source.position == 0) {
    input.mapped = try_map(source);
    if (input.mapped) {
      input.file_bytes = input.mapped->bytes().size();
      return input;
    }
  }
  TRY(input.stream,
      make_stream(std::move(source), std::move(front), sniffed.compression, memory_bytes, threads));
  return input;
}

}  // namespace rdbproof
