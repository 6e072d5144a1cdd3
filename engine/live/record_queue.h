// The records of keys on their way from connections to who reads them as an RDB file.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "engine/base/result.h"

namespace rdbproof {

// Coroutines of one thread put, another thread takes.
class RecordQueue {
 public:
  explicit RecordQueue(boost::asio::any_io_executor executor);

  // What stands before the first record. Before the first put().
  void begin(const std::string& header);
  // Waits while there is too much. False: nobody wants any more.
  boost::asio::awaitable<bool> put(uint64_t database, std::string records);
  // Bytes that are a file already.
  boost::asio::awaitable<bool> put_raw(std::string bytes);
  // All is there: writes the end of the file, unless it was given raw.
  void end(bool is_raw);
  // There is no more, and this is why.
  void fail_with(Error error);

  // Waits for bytes; 0 behind the end.
  Result<size_t> take(char* into, size_t capacity);
  // From any thread: what is put from now on is dropped.
  void abandon();
  uint64_t bytes_taken() const;

 private:
  static constexpr size_t kMostBytes = size_t{8} << 20;

  boost::asio::awaitable<bool> wait_for_room();
  void append(std::string bytes);

  mutable std::mutex mutex_;
  std::condition_variable filled_;
  boost::asio::steady_timer room_;  // cancelled when there is some
  std::deque<std::string> chunks_;
  size_t used_ = 0;  // of the first
  size_t bytes_ = 0;
  uint64_t taken_ = 0;
  uint64_t crc_ = 0;
  std::optional<uint64_t> database_;
  bool is_abandoned_ = false;
  bool is_ended_ = false;
  std::optional<Error> error_;
};

}  // namespace rdbproof
