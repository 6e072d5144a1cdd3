// Sources that can only be read front to back.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "engine/base/bytes.h"
#include "engine/base/finding.h"
#include "engine/base/result.h"
#include "engine/io/file_stamp.h"
#include "engine/io/interrupt.h"
#include "engine/io/os.h"

namespace rdbproof {

class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // Reads up to `capacity` bytes (> 0) into `into`; 0 at the end. Error: the reading itself failed;
  // do not read on. Damage of the input (a compressed stream that is cut or corrupt) is no Error:
  // read() then ends early and damage() tells.
  virtual Result<size_t> read(char* into, size_t capacity) = 0;

  // Complete when read() has returned 0. The offset counts bytes that read() gave.
  virtual const std::optional<Finding>& damage() const;

  // Bytes taken from the underlying file so far, for progress.
  virtual uint64_t bytes_in() const = 0;
};

// Reads until `capacity` bytes are there or the stream ends; returns how many are.
Result<size_t> read_fully(ByteStream& stream, char* into, size_t capacity);

// Reads a file descriptor from its current position.
class FdStream final : public ByteStream {
 public:
  // With a `stamp`, reading fails at the end if the file does not have it any more. Without one,
  // reading may wait for a writer: it fails once `interrupt`, which may be null, is raised.
  FdStream(UniqueFd fd, std::string name, std::optional<FileStamp> stamp,
           std::shared_ptr<Interrupt> interrupt = nullptr);
  Result<size_t> read(char* into, size_t capacity) override;
  uint64_t bytes_in() const override { return bytes_in_; }

 private:
  UniqueFd fd_;
  std::string name_;
  std::optional<FileStamp> stamp_;
  std::shared_ptr<Interrupt> interrupt_;
  uint64_t bytes_in_ = 0;
};

// Bytes in memory that outlive it.
class BytesStream final : public ByteStream {
 public:
  explicit BytesStream(Bytes bytes) : bytes_(bytes) {}
  Result<size_t> read(char* into, size_t capacity) override;
  uint64_t bytes_in() const override { return used_; }

 private:
  Bytes bytes_;
  size_t used_ = 0;
};

// Bytes that were already taken from a stream, followed by the rest of it.
class PrefixedStream final : public ByteStream {
 public:
  PrefixedStream(std::string prefix, std::unique_ptr<ByteStream> rest);
  Result<size_t> read(char* into, size_t capacity) override;
  const std::optional<Finding>& damage() const override { return rest_->damage(); }
  uint64_t bytes_in() const override { return prefix_.size() + rest_->bytes_in(); }

 private:
  std::string prefix_;
  size_t used_ = 0;
  std::unique_ptr<ByteStream> rest_;
};

// No bytes, only the reason why.
class UnreadableStream final : public ByteStream {
 public:
  explicit UnreadableStream(Finding damage) : damage_(std::move(damage)) {}
  Result<size_t> read(char*, size_t) override { return size_t{0}; }
  const std::optional<Finding>& damage() const override { return damage_; }
  uint64_t bytes_in() const override { return 0; }

 private:
  std::optional<Finding> damage_;
};

}  // namespace rdbproof
