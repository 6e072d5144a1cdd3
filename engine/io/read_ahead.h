// A stream that is read on a thread of its own.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "engine/base/result.h"
#include "engine/io/byte_stream.h"
#include "engine/io/interrupt.h"

namespace rdbproof {

// Gives what its source gives, errors and exceptions after the bytes before them. Is at most 4 MiB
// ahead of its reader, and bytes_in() is what the source had taken for the bytes given so far.
class ReadAheadStream final : public ByteStream {
 public:
  // Destruction raises `interrupt`, which may be null; it is to end a read of `source` that waits.
  ReadAheadStream(std::unique_ptr<ByteStream> source, std::shared_ptr<Interrupt> interrupt);
  ~ReadAheadStream() override;
  Result<size_t> read(char* into, size_t capacity) override;
  const std::optional<Finding>& damage() const override;
  uint64_t bytes_in() const override { return bytes_in_; }

 private:
  static constexpr size_t kChunks = 16;

  struct Chunk {
    std::unique_ptr<char[]> bytes;
    size_t size = 0;
    uint64_t bytes_in = 0;
    bool is_last = false;
  };

  void run(const std::stop_token& stop);
  void fill(Chunk& chunk);
  const Chunk& wait_for_chunk();
  void release_chunk();
  Result<size_t> finish() const;

  std::unique_ptr<ByteStream> source_;
  std::shared_ptr<Interrupt> interrupt_;
  std::array<Chunk, kChunks> chunks_;  // those from released_ to filled_ are the reader's
  std::mutex mutex_;
  std::condition_variable_any changed_;
  uint64_t filled_ = 0;  // guarded by mutex_, as is the next
  uint64_t released_ = 0;
  // Why the last chunk is the last, if that is not the end of the source.
  std::optional<Error> error_;
  std::exception_ptr exception_;
  // The reader's.
  size_t used_ = 0;  // of the chunk at released_
  uint64_t bytes_in_ = 0;
  bool ended_ = false;
  std::jthread thread_;  // the last member: it uses the others
};

}  // namespace rdbproof
