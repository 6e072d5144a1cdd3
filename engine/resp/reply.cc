#include "engine/resp/reply.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "engine/base/text.h"

namespace rdbproof {
namespace {

constexpr std::string_view kEnd = "\r\n";

std::optional<int64_t> parse_integer(Bytes text) {
  int64_t value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

tl::unexpected<Error> no_reply(Bytes line) {
  return fail("the server's answer is not in the Redis protocol: \"" +
                  escape_for_terminal(line.substr(0, 40)) + "\"",
              "is it a Redis or Valkey server, and is TLS as it expects it (rediss://)?");
}

}  // namespace

bool Reply::is_error(std::string_view code) const {
  return kind == Kind::kError && text.starts_with(code) &&
         (text.size() == code.size() || text[code.size()] == ' ');
}

tl::unexpected<Error> ReplyParser::too_large(const char* what) {
  is_too_large_ = true;
  return fail(std::string("the server's answer has more ") + what + " than are accepted");
}

Result<size_t> ReplyParser::feed(Bytes bytes) {
  const size_t before = bytes.size();
  while (!complete_) {
    TRY(const bool went_on, feed_one(bytes));
    if (!went_on) break;
  }
  return before - bytes.size();
}

Reply ReplyParser::take() {
  complete_ = false;
  reply_bytes_ = 0;
  items_ = 0;
  return std::move(reply_);
}

// False: there are not enough bytes.
Result<bool> ReplyParser::feed_one(Bytes& bytes) {
  if (in_bulk_) return read_bulk(bytes);
  // A line holds no other of these.
  const size_t end = bytes.find('\r');
  if (end != Bytes::npos && end + 1 < bytes.size() && bytes[end + 1] != '\n') {
    return no_reply(bytes.substr(0, end));
  }
  if (end == Bytes::npos || end + 1 == bytes.size()) {
    // The first byte behind the longest line may be its end.
    if (std::min(end, bytes.size()) > limits_.max_line_bytes) return no_reply(bytes);
    wanted_ = 1;
    return false;
  }
  if (end > limits_.max_line_bytes || end == 0) return no_reply(bytes.substr(0, end));
  TRY_VOID(read_line(bytes.substr(0, end)));
  bytes.remove_prefix(end + kEnd.size());
  return true;
}

Result<bool> ReplyParser::read_bulk(Bytes& bytes) {
  const uint64_t needed = bulk_bytes_ + kEnd.size();
  if (bytes.size() < needed) {
    wanted_ = needed - bytes.size();
    return false;
  }
  if (bytes.substr(bulk_bytes_, kEnd.size()) != kEnd) return no_reply(bytes.substr(bulk_bytes_, 2));
  Reply reply;
  reply.kind = Reply::Kind::kBulk;
  reply.text = bytes.substr(0, bulk_bytes_);
  bytes.remove_prefix(needed);
  in_bulk_ = false;
  add(std::move(reply));
  return true;
}

Result<void> ReplyParser::count_bytes(uint64_t bytes) {
  reply_bytes_ += bytes;
  if (reply_bytes_ > limits_.max_reply_bytes) return too_large("bytes");
  return {};
}

Result<void> ReplyParser::read_line(Bytes line) {
  Reply reply;
  const Bytes rest = line.substr(1);
  switch (line.front()) {
    case '+':
    case '-':
    case ',':  // RESP3: a double
    case '(':  // RESP3: a big number
      TRY_VOID(count_bytes(rest.size()));
      reply.kind = line.front() == '-' ? Reply::Kind::kError : Reply::Kind::kStatus;
      reply.text = rest;
      break;
    case ':': {
      const auto value = parse_integer(rest);
      if (!value) return no_reply(line);
      reply.kind = Reply::Kind::kInteger;
      reply.integer = *value;
      break;
    }
    case '#':
      reply.kind = Reply::Kind::kInteger;
      reply.integer = rest == "t" ? 1 : 0;
      break;
    case '_':
      break;
    case '$':
    case '=':  // RESP3: text with its format
      return begin_bulk(line);
    case '*':
    case '~':
      return begin_array(line, 1);
    case '%':
      return begin_array(line, 2);
    default:
      return no_reply(line);
  }
  add(std::move(reply));
  return {};
}

Result<void> ReplyParser::begin_bulk(Bytes line) {
  const auto size = parse_integer(line.substr(1));
  if (!size || *size < -1) return no_reply(line);
  if (*size == -1) {
    add(Reply());
    return {};
  }
  bulk_bytes_ = static_cast<uint64_t>(*size);
  if (bulk_bytes_ > limits_.max_bulk_bytes) return too_large("bytes in one string");
  TRY_VOID(count_bytes(bulk_bytes_));
  in_bulk_ = true;
  return {};
}

Result<void> ReplyParser::begin_array(Bytes line, uint64_t items_each) {
  const auto count = parse_integer(line.substr(1));
  if (!count || *count < -1) return no_reply(line);
  if (*count == -1) {
    add(Reply());
    return {};
  }
  const auto items = static_cast<uint64_t>(*count);
  if (items > limits_.max_items) return too_large("items");
  if (levels_.size() == limits_.max_depth) return too_large("levels");
  items_ += items * items_each;
  if (items_ > limits_.max_items) return too_large("items");
  Reply array;
  array.kind = Reply::Kind::kArray;
  if (items == 0) {
    add(std::move(array));
  } else {
    levels_.push_back({std::move(array), items * items_each});
  }
  return {};
}

void ReplyParser::add(Reply reply) {
  while (!levels_.empty()) {
    Level& level = levels_.back();
    level.array.items.push_back(std::move(reply));
    if (--level.left != 0) return;
    reply = std::move(level.array);
    levels_.pop_back();
  }
  reply_ = std::move(reply);
  complete_ = true;
}

}  // namespace rdbproof
