// What Debian's server does not do: fields that expire, entries handed back, values that change
// under the reader's hands, replies that no server gives.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "engine/live/typed_reader.h"
#include "tests/unit/live/body_fingerprint.h"
#include "tests/unit/live/servers.h"

namespace rdbproof {
namespace {

using test::array;
using test::body_fingerprint;
using test::bulk;
using test::FakeServer;
using test::has_body;
using test::number;

const std::string kWrongType = "-WRONGTYPE Operation against a key holding the wrong kind\r\n";

Result<FoundKey> read(FakeServer::Answer answer, const std::string& type,
                      const TypedOptions& options = {}) {
  const FakeServer server(std::move(answer));
  return test::with_connection<FoundKey>(server.endpoint(), [&](ServerConnection& connection) {
    const static std::string key = "k";
    return read_typed(connection, key, type, options);
  });
}

std::string error_of(const Result<FoundKey>& read) {
  if (!read) return read.error().message;
  return read->kind == FoundKey::Kind::kUnreadable ? read->text : "no error";
}

std::string texts(const std::vector<std::string>& all) {
  std::vector<std::string> parts;
  for (const std::string& text : all) parts.push_back(bulk(text));
  return array(parts);
}

std::string page(const std::string& cursor, const std::vector<std::string>& items) {
  return array({bulk(cursor), texts(items)});
}

// A hash of three fields of which "b" expires, and "d", which has expired when it is asked.
std::string hash_with_expiry(const Command& command) {
  if (command[0] == "HLEN") return number(4);
  if (command[0] == "HSCAN") {
    return command[2] == "0" ? page("18446744073709551615", {"a", "old", "b", "2", "d", "4"})
                             : page("0", {"a", "1", "c", "3"});
  }
  if (command[0] != "HPEXPIRETIME" || command[3] != std::to_string(command.size() - 4))
    return "-ERR what\r\n";
  std::vector<std::string> times;
  for (size_t i = 4; i < command.size(); ++i) {
    times.push_back(number(command[i] == "b" ? 1'700'000'000'123 : command[i] == "d" ? -2 : -1));
  }
  return array(times);
}

std::vector<std::string> lines(Bytes beginning, const std::string& body) {
  std::vector<std::string> decoded =
      test::decode_value(beginning, static_cast<uint8_t>(body[0]), Bytes(body).substr(1));
  std::ranges::sort(decoded);
  return decoded;
}

TEST(TypedRepliesTest, FieldsThatExpireAreOfTheTypeThatTheFormatHas) {
  TypedOptions options;
  options.has_field_expiry = true;
  for (const uint64_t elements : {1000, 2, 1}) {
    options.page_elements = elements;
    options.is_valkey_format = false;
    const auto redis = read(hash_with_expiry, "hash", options);
    ASSERT_TRUE(has_body(redis)) << error_of(redis);
    const std::vector<std::string> expected{"field 'a' '1'", "field 'b' '2' expires 1700000000123",
                                            "field 'c' '3'",
                                            "hashtable 3 elements 6 bytes 1 expiring"};
    EXPECT_EQ(redis->text.front(), 24);
    EXPECT_EQ(lines("REDIS0012", redis->text), expected);
    options.is_valkey_format = true;
    const auto valkey = read(hash_with_expiry, "hash", options);
    ASSERT_TRUE(has_body(valkey)) << error_of(valkey);
    EXPECT_EQ(valkey->text.front(), 22);
    EXPECT_EQ(lines("VALKEY080", valkey->text), expected);
  }
}

// One entry 5-1 that the group's consumer has handed back, another that it has.
std::string stream_with_handed_back(const Command& command) {
  const std::string& what = command[1];
  if (what == "STREAM") {
    return array({bulk("length"), number(2), bulk("last-generated-id"), bulk("9-0"),
                  bulk("first-entry"), "*-1\r\n"});
  }
  if (what == "GROUPS") {
    return array({array({bulk("name"), bulk("g"), bulk("pending"), number(2),
                         bulk("last-delivered-id"), bulk("6-0"), bulk("lag"), "$-1\r\n"})});
  }
  if (what == "CONSUMERS") return array({array({bulk("name"), bulk("c")})});
  if (command[0] == "XRANGE") {
    return array({array({bulk("5-1"), texts({"f", "a"})}), array({bulk("6-0"), texts({})})});
  }
  return array({array({bulk("5-1"), bulk(""), number(3), number(1)}),
                array({bulk("6-0"), bulk("c"), number(3), number(4)})});
}

TEST(TypedRepliesTest, EntriesHandedBackHaveNoConsumer) {
  const auto body = read(stream_with_handed_back, "stream");
  ASSERT_TRUE(has_body(body)) << error_of(body);
  EXPECT_EQ(body->text.front(), 27);
  EXPECT_EQ(
      test::decode_value("REDIS0014", 27, Bytes(body->text).substr(1)),
      (std::vector<std::string>{"entry 5-1", "entry-field 'f' 'a'", "entry 6-0", "last-id 9-0",
                                "group 'g' 6-0", "consumer 'c'", "pending 6-0 'c' times 4",
                                "pending 5-1 nobody times 1", "stream 2 elements 2 bytes"}));
}

TEST(TypedRepliesTest, WhatAlwaysChangesIsSaidToChange) {
  std::atomic<int64_t> length = 1;
  const auto growing = [&](const Command& command) {
    if (command[0] == "TYPE") return std::string("+list\r\n");
    if (command[0] == "LLEN") return number(length++);
    return texts(std::vector<std::string>(
        static_cast<size_t>(std::stoi(command[3]) - std::stoi(command[2]) + 1), "x"));
  };
  const auto body = read(growing, "list");
  ASSERT_TRUE(body) << error_of(body);
  EXPECT_EQ(body->kind, FoundKey::Kind::kUnreadable);
  EXPECT_TRUE(body->text.ends_with("it changes while it is read")) << body->text;
}

TEST(TypedRepliesTest, WhatHasChangedOnceIsReadAgain) {
  std::atomic<int> asked = 0;
  const auto body = read(
      [&](const Command& command) {
        if (command[0] == "TYPE") return std::string("+set\r\n");
        if (command[0] == "SCARD") return number(2);
        return asked++ == 0 ? kWrongType : page("0", {"a", "a", "b", "a"});
      },
      "set");
  ASSERT_TRUE(has_body(body)) << error_of(body);
  EXPECT_EQ(lines("REDIS0011", body->text),
            (std::vector<std::string>{"hashtable 2 elements 2 bytes", "member 'a'", "member 'b'"}));
}

TEST(TypedRepliesTest, AKeyThatVanishesInTheMiddleIsNoValue) {
  std::atomic<int> asked = 0;
  const auto body = read(
      [&](const Command& command) {
        if (command[0] == "TYPE") return std::string("+none\r\n");
        if (command[0] == "ZCARD") return number(asked++ == 0 ? 2 : 0);
        return page("0", {"a", "1"});
      },
      "zset");
  ASSERT_TRUE(body) << error_of(body);
  EXPECT_EQ(body->kind, FoundKey::Kind::kGone);
}

// Whatever is asked, this is the answer.
std::string error_for(const std::string& type, const std::string& length,
                      const std::string& answer) {
  TypedOptions options;
  options.max_bytes = 100'000;
  return error_of(read(
      [&](const Command& command) {
        if (command[0] == "TYPE") return "+" + type + "\r\n";
        const bool asks_length = command[0].ends_with("LEN") || command[0].ends_with("CARD");
        return asks_length ? length : answer;
      },
      type, options));
}

TEST(TypedRepliesTest, ReportsWhatNoServerAnswers) {
  const std::string many = number(int64_t{1} << 62);
  const std::string strange = "is none that servers give";
  const auto expect = [&](const std::string& type, const std::string& length,
                          const std::string& answer, const std::string& why) {
    EXPECT_NE(error_for(type, length, answer).find(why), std::string::npos)
        << type << " " << answer << error_for(type, length, answer);
  };
  expect("list", number(-1), texts({}), strange);
  expect("list", "+OK\r\n", texts({}), strange);
  expect("list", number(1), texts({"a", "b"}), strange);
  expect("list", number(1), bulk("a"), strange);
  expect("list", many, texts({"a"}), "changes while it is read");
  expect("list", many, texts(std::vector<std::string>(64, std::string(2000, 'x'))),
         "more than 100000 bytes");
  expect("string", number(1), bulk("aa"), strange);
  expect("string", many, bulk("a"), "changes while it is read");
  expect("set", number(1), array({number(0), texts({"a"})}), strange);
  expect("set", number(1), array({}), strange);
  expect("set", number(1), page("7", {"a"}), strange);  // for ever
  expect("hash", number(1), page("0", {"a"}), strange);
  expect("zset", number(1), page("0", {"a", "much"}), strange);
  expect("zset", number(1), page("0", {"a", "nan"}), strange);
  expect("zset", number(1), page("0", {"a", ""}), strange);
  expect("stream", "", array({}), strange);
  expect("stream", "", number(1), strange);
  expect("stream", "", "-NOPERM this user has no permissions\r\n",
         "no permission for xinfo|stream");
}

TEST(TypedRepliesTest, ARefusalEndsTheRunUnlessItIsAboutTheKey) {
  const auto read_refused = [](const std::string& refusal) {
    return read([&](const Command&) { return refusal + "\r\n"; }, "set");
  };
  for (const std::string refusal : {"-BUSY a script runs", "-NOPERM for scard", "-LOADING"}) {
    EXPECT_FALSE(read_refused(refusal)) << refusal;
  }
  for (const std::string refusal : {"-MOVED 7 127.0.0.1:7001", "-TRYAGAIN later"}) {
    const auto found = read_refused(refusal);
    ASSERT_TRUE(found) << error_of(found);
    EXPECT_EQ(found->kind, FoundKey::Kind::kMoved) << refusal;
  }
  const auto found = read_refused("-ERR unknown command 'SCARD'");
  ASSERT_TRUE(found) << error_of(found);
  EXPECT_EQ(found->kind, FoundKey::Kind::kUnreadable);
}

TEST(TypedRepliesTest, ReportsStreamsThatNoServerHas) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"XRANGE", array({array({bulk("5-1"), texts({"f"})}), array({bulk("6-0"), texts({})})})},
      {"XRANGE", array({array({bulk("6-0"), texts({})}), array({bulk("5-0"), texts({})})})},
      {"XRANGE", array({array({bulk("6"), texts({})}), array({bulk("7-0"), texts({})})})},
      {"XRANGE", array({number(1), number(2)})},
      {"XPENDING", array({number(1), number(2)})},
      {"XPENDING", array({array({bulk("6-0"), bulk("c"), number(3), number(4)}),
                          array({bulk("6-0"), bulk("c"), number(3), number(4)})})},
      {"GROUPS", array({array({bulk("name")})})},
      {"CONSUMERS", array({array({bulk("name"), number(1)})})},
  };
  for (const auto& [name, answer] : wrong) {
    const auto body = read(
        [&](const Command& command) {
          return command[0] == name || command[1] == name ? answer
                                                          : stream_with_handed_back(command);
        },
        "stream");
    EXPECT_NE(error_of(body).find("is none that servers give"), std::string::npos)
        << name << " " << answer << error_of(body);
  }
}

}  // namespace
}  // namespace rdbproof
