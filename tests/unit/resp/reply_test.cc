#include "engine/resp/reply.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rdbproof {
namespace {

using Kind = Reply::Kind;

// All replies of `bytes`, given in pieces; the first error instead of the rest.
struct Parsed {
  std::vector<Reply> replies;
  std::string error;
  bool is_in_reply = false;
};

Parsed parse(const std::string& bytes, size_t piece, const ReplyLimits& limits = {}) {
  ReplyParser parser(limits);
  Parsed parsed;
  std::string unread;
  for (size_t at = 0; at < bytes.size(); at += piece) {
    unread += bytes.substr(at, piece);
    while (true) {
      const Result<size_t> used = parser.feed(unread);
      if (!used) {
        parsed.error = used.error().message;
        return parsed;
      }
      unread.erase(0, *used);
      if (!parser.is_complete()) break;
      parsed.replies.push_back(parser.take());
    }
  }
  parsed.is_in_reply = !unread.empty();
  return parsed;
}

std::string text_of(const Reply& reply) {
  switch (reply.kind) {
    case Kind::kNull:
      return "null";
    case Kind::kStatus:
      return "+" + reply.text;
    case Kind::kError:
      return "-" + reply.text;
    case Kind::kInteger:
      return ":" + std::to_string(reply.integer);
    case Kind::kBulk:
      return "\"" + reply.text + "\"";
    case Kind::kArray:
      break;
  }
  std::string out = "[";
  for (const Reply& item : reply.items) out += text_of(item) + " ";
  return out + "]";
}

std::string text_of(const Parsed& parsed) {
  std::string out;
  for (const Reply& reply : parsed.replies) out += text_of(reply) + "\n";
  return out + parsed.error;
}

TEST(ReplyParser, ReadsEveryKind) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"+OK\r\n", "+OK\n"},
      {"-ERR no\r\n", "-ERR no\n"},
      {":42\r\n", ":42\n"},
      {":-9223372036854775808\r\n", ":-9223372036854775808\n"},
      {"$5\r\na\r\nbc\r\n", "\"a\r\nbc\"\n"},
      {"$0\r\n\r\n", "\"\"\n"},
      {"$-1\r\n", "null\n"},
      {"*-1\r\n", "null\n"},
      {"*0\r\n", "[]\n"},
      {"*2\r\n$1\r\na\r\n:1\r\n", "[\"a\" :1 ]\n"},
      {"*2\r\n*1\r\n*0\r\n+x\r\n", "[[[] ] +x ]\n"},
      {"_\r\n#t\r\n#f\r\n,1.5\r\n(123\r\n", "null\n:1\n:0\n+1.5\n+123\n"},
      {"%1\r\n+a\r\n+b\r\n~1\r\n+c\r\n", "[+a +b ]\n[+c ]\n"},
      {"=5\r\ntxt:a\r\n", "\"txt:a\"\n"},
      {"+a\r\n+b\r\n", "+a\n+b\n"},
  };
  for (const auto& [bytes, expected] : cases) {
    for (const size_t piece : {size_t{1}, size_t{2}, size_t{3}, bytes.size()}) {
      const Parsed parsed = parse(bytes, piece);
      EXPECT_EQ(text_of(parsed), expected) << piece;
      EXPECT_FALSE(parsed.is_in_reply);
    }
  }
}

TEST(ReplyParser, IsTheSameHoweverTheBytesCome) {
  const std::string bytes = "*3\r\n$3\r\nabc\r\n*2\r\n:1\r\n-ERR x\r\n$-1\r\n+OK\r\n$2\r\n\r\n\r\n";
  const std::string expected = text_of(parse(bytes, bytes.size()));
  for (size_t cut = 1; cut < bytes.size(); ++cut) {
    ReplyParser parser;
    EXPECT_EQ(text_of(parse(bytes, cut)), expected) << cut;
    EXPECT_TRUE(parse(bytes.substr(0, cut), 1).error.empty()) << cut;
  }
}

TEST(ReplyParser, RefusesWhatIsNoReply) {
  for (const std::string& bytes : std::vector<std::string>{
           "HTTP/1.1 400 Bad Request\r\n", "\r\n", "$abc\r\n", "$-2\r\n", "*-2\r\n", ":1x\r\n",
           ":99999999999999999999\r\n", "$3\r\nabcde", "+a\rb\r\n", "*1000000000000\r\n",
           "*99999999999999999999\r\n", "$99999999999999999999\r\n", "%4611686018427387904\r\n"}) {
    for (const size_t piece : {size_t{1}, bytes.size()}) {
      EXPECT_FALSE(parse(bytes, piece).error.empty()) << bytes;
    }
  }
  EXPECT_FALSE(parse("+" + std::string(100'000, 'x'), 1000).error.empty());
}

TEST(ReplyParser, HoldsItsLimits) {
  ReplyLimits limits;
  limits.max_bulk_bytes = 10;
  limits.max_reply_bytes = 25;
  limits.max_items = 6;
  limits.max_depth = 3;
  EXPECT_TRUE(parse("$10\r\n0123456789\r\n", 7, limits).error.empty());
  EXPECT_FALSE(parse("$11\r\n", 7, limits).error.empty());
  EXPECT_FALSE(
      parse("*3\r\n$10\r\n0123456789\r\n$10\r\n0123456789\r\n$10\r\n", 7, limits).error.empty());
  EXPECT_TRUE(parse("*6\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n:1\r\n", 7, limits).error.empty());
  EXPECT_FALSE(parse("*7\r\n", 7, limits).error.empty());
  EXPECT_FALSE(parse("*2\r\n*5\r\n", 7, limits).error.empty());
  EXPECT_TRUE(parse("*1\r\n*1\r\n*1\r\n:1\r\n", 7, limits).error.empty());
  EXPECT_FALSE(parse("*1\r\n*1\r\n*1\r\n*1\r\n", 7, limits).error.empty());
  // Each reply has all of it.
  EXPECT_TRUE(parse("$10\r\n0123456789\r\n$10\r\n0123456789\r\n$10\r\n0123456789\r\n", 9, limits)
                  .error.empty());
}

TEST(Reply, KnowsItsErrorCode) {
  Reply reply;
  reply.kind = Kind::kError;
  reply.text = "MOVED 12 127.0.0.1:7000";
  EXPECT_TRUE(reply.is_error("MOVED"));
  EXPECT_FALSE(reply.is_error("MOVE"));
  reply.kind = Kind::kBulk;
  EXPECT_FALSE(reply.is_error("MOVED"));
}

}  // namespace
}  // namespace rdbproof
