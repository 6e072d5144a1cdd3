#include "engine/live/record_queue.h"

#include <algorithm>
#include <boost/asio.hpp>

#include "engine/hash/crc64.h"
#include "engine/rdb/writer.h"

namespace rdbproof {
namespace {

namespace asio = boost::asio;

constexpr char kEndByte = '\xFF';

}  // namespace

RecordQueue::RecordQueue(asio::any_io_executor executor) : room_(std::move(executor)) {
  room_.expires_at(asio::steady_timer::time_point::max());
}

// Under the lock.
void RecordQueue::append(std::string bytes) {
  crc_ = crc64(crc_, bytes);
  bytes_ += bytes.size();
  chunks_.push_back(std::move(bytes));
  filled_.notify_one();
}

void RecordQueue::begin(const std::string& header) {
  const std::lock_guard lock(mutex_);
  append(header);
}

// The timer is cancelled on this thread, so no cancelling is missed before the wait has begun.
asio::awaitable<bool> RecordQueue::wait_for_room() {
  while (true) {
    {
      const std::lock_guard lock(mutex_);
      if (is_abandoned_) co_return false;
      if (bytes_ < kMostBytes) co_return true;
    }
    co_await room_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

asio::awaitable<bool> RecordQueue::put(uint64_t database, std::string records) {
  if (!co_await wait_for_room()) co_return false;
  const std::lock_guard lock(mutex_);
  if (database_ != database) {
    std::string select;
    RdbWriter(select, {.checksum = false}).select_db(database);
    append(std::move(select));
    database_ = database;
  }
  append(std::move(records));
  co_return true;
}

asio::awaitable<bool> RecordQueue::put_raw(std::string bytes) {
  if (!co_await wait_for_room()) co_return false;
  const std::lock_guard lock(mutex_);
  append(std::move(bytes));
  co_return true;
}

void RecordQueue::end(bool is_raw) {
  const std::lock_guard lock(mutex_);
  if (!is_raw) {
    append(std::string(1, kEndByte));
    const uint64_t crc = crc_;
    append(std::string(reinterpret_cast<const char*>(&crc), sizeof crc));
  }
  is_ended_ = true;
  filled_.notify_one();
}

void RecordQueue::fail_with(Error error) {
  const std::lock_guard lock(mutex_);
  error_ = std::move(error);
  is_ended_ = true;
  filled_.notify_one();
}

Result<size_t> RecordQueue::take(char* into, size_t capacity) {
  std::unique_lock lock(mutex_);
  filled_.wait(lock, [&] { return !chunks_.empty() || is_ended_; });
  if (error_) return tl::unexpected(*error_);
  if (chunks_.empty()) return size_t{0};
  const std::string& chunk = chunks_.front();
  const size_t count = std::min(capacity, chunk.size() - used_);
  chunk.copy(into, count, used_);
  used_ += count;
  bytes_ -= count;
  taken_ += count;
  if (used_ == chunk.size()) {
    chunks_.pop_front();
    used_ = 0;
  }
  if (bytes_ < kMostBytes / 2) asio::post(room_.get_executor(), [this] { room_.cancel(); });
  return count;
}

void RecordQueue::abandon() {
  const std::lock_guard lock(mutex_);
  is_abandoned_ = true;
  asio::post(room_.get_executor(), [this] { room_.cancel(); });
}

uint64_t RecordQueue::bytes_taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

}  // namespace rdbproof
