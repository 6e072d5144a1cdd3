// Files, streams and compressors for the tests of engine/io.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>

#include "engine/base/bytes.h"
#include "engine/io/byte_stream.h"

namespace rdbproof::test {

// A directory that goes away with everything in it.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  // Writes the file and returns its path.
  std::string write(const std::string& name, Bytes data) const;

 private:
  std::string path_;
};

// Gives `data` in pieces of at most `piece` bytes.
class MemoryStream final : public ByteStream {
 public:
  explicit MemoryStream(std::string data, size_t piece = ~size_t{0})
      : data_(std::move(data)), piece_(piece) {}
  Result<size_t> read(char* into, size_t capacity) override;
  uint64_t bytes_in() const override { return used_; }

 private:
  std::string data_;
  size_t piece_;
  size_t used_ = 0;
};

// Fails after `good` zero bytes.
class FailingStream final : public ByteStream {
 public:
  explicit FailingStream(size_t good) : good_(good) {}
  Result<size_t> read(char* into, size_t capacity) override;
  uint64_t bytes_in() const override { return 0; }

 private:
  size_t good_;
};

struct Drained {
  std::string data;
  bool error = false;
  std::string message;
  Code damage = Code::kNone;
  std::string detail;
  uint64_t offset = 0;
};

// Reads `stream` to its end with reads of `capacity` bytes.
Drained drain(ByteStream& stream, size_t capacity = 1 << 16);

// Compressible, but not to nothing; the same for the same size and seed.
std::string sample(size_t size, uint32_t seed = 1);
std::string noise(size_t size, uint32_t seed = 1);

std::string zstd(Bytes data, bool checksum = true, int window_log = 0);
std::string lz4(Bytes data, bool checksum = true);
std::string gzip(Bytes data);
// A frame that zstd and LZ4 ignore.
std::string skippable(size_t size);

}  // namespace rdbproof::test
