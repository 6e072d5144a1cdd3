// Replies of a server, parsed as they arrive (RESP2, and of RESP3 what a server may send unasked).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/result.h"

namespace rdbproof {

struct Reply {
  enum class Kind : uint8_t { kNull, kStatus, kError, kInteger, kBulk, kArray };

  Kind kind = Kind::kNull;
  std::string text{};  // of a status, error (with its code) or bulk string
  int64_t integer = 0;
  std::vector<Reply> items{};

  bool is_error() const { return kind == Kind::kError; }
  bool is_null() const { return kind == Kind::kNull; }
  // Whether it is an error with this code: "NOAUTH", "MOVED".
  bool is_error(std::string_view code) const;
};

// What a server may make us hold. It may be anybody's.
struct ReplyLimits {
  uint64_t max_bulk_bytes = uint64_t{513} << 20;   // servers have 512 MiB by default
  uint64_t max_reply_bytes = uint64_t{520} << 20;  // all strings of a reply together
  uint64_t max_items = 4'000'000;                  // of a reply, at all levels
  size_t max_depth = 16;
  size_t max_line_bytes = 64 * 1024;
};

// Builds one reply after another from bytes that come in pieces of any size.
class ReplyParser {
 public:
  explicit ReplyParser(const ReplyLimits& limits = {}) : limits_(limits) {}

  // Takes what it can of `bytes` and returns how many that were; what is left belongs in front of
  // the bytes that come next. An error: this is no reply, or too large; the connection is useless
  // then.
  Result<size_t> feed(Bytes bytes);

  // Whether a reply is complete: feed() takes nothing more until it was taken.
  bool is_complete() const { return complete_; }
  Reply take();

  // Whether feed() failed because the reply has more than the limits allow.
  bool is_too_large() const { return is_too_large_; }

  // How many bytes at least must follow those that feed() left for it to go on.
  size_t wanted() const { return wanted_; }

 private:
  struct Level {
    Reply array;
    uint64_t left;
  };

  Result<bool> feed_one(Bytes& bytes);
  Result<bool> read_bulk(Bytes& bytes);
  Result<void> begin_bulk(Bytes line);
  Result<void> begin_array(Bytes line, uint64_t items_each);
  Result<void> read_line(Bytes line);
  Result<void> count_bytes(uint64_t bytes);
  tl::unexpected<Error> too_large(const char* what);
  void add(Reply reply);

  ReplyLimits limits_;
  std::vector<Level> levels_;
  bool in_bulk_ = false;
  uint64_t bulk_bytes_ = 0;
  uint64_t reply_bytes_ = 0;
  uint64_t items_ = 0;
  size_t wanted_ = 1;
  bool is_too_large_ = false;
  bool complete_ = false;
  Reply reply_;
};

}  // namespace rdbproof
