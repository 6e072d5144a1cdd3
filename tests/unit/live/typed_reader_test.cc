// Values read by commands, compared with the DUMP of the same keys of a real server.
#include "engine/live/typed_reader.h"

#include <gtest/gtest.h>

#include "tests/unit/live/body_fingerprint.h"
#include "tests/unit/live/servers.h"

namespace rdbproof {
namespace {

using test::body_fingerprint;
using test::has_body;
using test::RedisServer;

constexpr Bytes kBeginning = "REDIS0011";
const std::string kBinary("\x00\xff\r\n$5\r\n\x80", 10);

using Commands = std::vector<Command>;

// The command that is written as `words`, and what a number of elements adds to it.
void add_many(Commands& out, const Command& words, int count,
              const std::function<void(Command&, int)>& add) {
  constexpr int kEach = 1000;
  for (int i = 0; i < count;) {
    Command command = words;
    const int end = std::min(count, i + kEach);
    for (; i < end; ++i) add(command, i);
    out.push_back(std::move(command));
  }
}

void add_strings(Commands& out) {
  std::string large;
  for (uint64_t i = 0; large.size() < 5'000'000; ++i) large += std::to_string(i * 7919);
  out.push_back({"SET", "string", "text"});
  out.push_back({"SET", "integer", "-1234567"});
  out.push_back({"SET", "long integer", "9223372036854775807"});
  out.push_back({"SET", "empty string", ""});
  out.push_back({"SET", "binary" + kBinary, kBinary});
  out.push_back({"SET", "large string", large});
}

void add_collections(Commands& out, const std::string& name, int count) {
  add_many(out, {"RPUSH", "list " + name}, count, [](Command& command, int i) {
    command.push_back(i % 5 == 0 ? std::to_string(i) : "item" + kBinary + std::to_string(i));
  });
  add_many(out, {"SADD", "set " + name}, count,
           [](Command& command, int i) { command.push_back(kBinary + std::to_string(i)); });
  add_many(out, {"SADD", "integers " + name}, count,
           [](Command& command, int i) { command.push_back(std::to_string(i * 65537)); });
  add_many(out, {"HSET", "hash " + name}, count, [](Command& command, int i) {
    command.push_back(i == 0 ? "" : kBinary + std::to_string(i));
    command.push_back(i % 3 == 0 ? "" : std::to_string(i));
  });
  add_many(out, {"ZADD", "zset " + name}, count, [](Command& command, int i) {
    command.push_back(std::to_string(i / 7.0) + (i % 2 == 0 ? "e-11" : "e7"));
    command.push_back(kBinary + std::to_string(i));
  });
  out.push_back({"ZADD", "zset " + name, "inf", "above", "-inf", "below", "-0", "zero", "0.1",
                 "tenth", "3", "three", "1e300", "huge", "5e-324", "tiny", "17179869184.5", "x"});
}

void add_stream(Commands& out, int entries) {
  for (int i = 1; i <= entries; ++i) {
    Command command{"XADD", "stream", std::to_string(1000 + i / 3) + "-" + std::to_string(i)};
    for (int field = 0; field <= i % 3; ++field) {
      command.push_back("field" + std::to_string(field));
      command.push_back(field == 1 ? kBinary : std::to_string(i));
    }
    out.push_back(std::move(command));
  }
  out.push_back({"XGROUP", "CREATE", "stream", "first" + kBinary, "0"});
  out.push_back({"XGROUP", "CREATE", "stream", "second", "$"});
  out.push_back({"XGROUP", "CREATE", "stream", "third", "1003-9"});
  out.push_back({"XGROUP", "CREATECONSUMER", "stream", "second", "idle one"});
  const auto read = [&](const std::string& consumer, const std::string& count) {
    out.push_back({"XREADGROUP", "GROUP", "first" + kBinary, consumer, "COUNT", count, "STREAMS",
                   "stream", ">"});
  };
  read("reader" + kBinary, "150");
  read("", "70");
  read("last", "5");
  out.push_back({"XREADGROUP", "GROUP", "first" + kBinary, "last", "STREAMS", "stream", "0"});
  out.push_back({"XCLAIM", "stream", "first" + kBinary, "last", "0", "1001-3"});
  out.push_back({"XACK", "stream", "first" + kBinary, "1001-4"});
  for (int i = 5; i < 60; i += 5) {
    out.push_back({"XDEL", "stream", std::to_string(1000 + i / 3) + "-" + std::to_string(i)});
  }
  out.push_back(
      {"XDEL", "stream", std::to_string(1000 + entries / 3) + "-" + std::to_string(entries)});
  out.push_back({"XADD", "emptied stream", "5-6", "a", "b"});
  out.push_back({"XDEL", "emptied stream", "5-6"});
}

Commands all_keys() {
  Commands commands;
  add_strings(commands);
  add_collections(commands, "small", 20);
  add_collections(commands, "of some", 700);
  add_stream(commands, 5000);
  add_many(commands, {"HSET", "large hash"}, 100'000, [](Command& command, int i) {
    command.push_back("field" + std::to_string(i));
    command.push_back(i % 1000 == 0 ? std::string(20'000, 'v') : std::to_string(i));
  });
  add_many(commands, {"RPUSH", "large list"}, 50'000,
           [](Command& command, int i) { command.push_back(std::to_string(i)); });
  return commands;
}

Result<FoundKey> read(const Endpoint& endpoint, const std::string& key, const std::string& type,
                      const TypedOptions& options) {
  return test::with_connection<FoundKey>(endpoint, [&](ServerConnection& connection) {
    return read_typed(connection, key, type, options);
  });
}

class TypedReaderTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!RedisServer::is_installed()) GTEST_SKIP() << "redis-server is not installed";
    server_ = std::make_unique<RedisServer>();
    ASSERT_TRUE(server_->is_up());
  }

  void fill(const Commands& commands) {
    for (const Reply& reply : server_->run(commands)) ASSERT_FALSE(reply.is_error()) << reply.text;
  }

  // Compares all keys; returns how many.
  size_t compare(const TypedOptions& options) {
    const std::vector<Reply> keys = server_->run({{"KEYS", "*"}});
    for (const Reply& key : keys[0].items) {
      const std::vector<Reply> facts = server_->run({{"TYPE", key.text}, {"DUMP", key.text}});
      const auto payload = read_dump_payload(facts[1].text);
      EXPECT_TRUE(payload && payload->checksum_matches);
      const auto body = read(server_->endpoint(), key.text, facts[0].text, options);
      EXPECT_TRUE(has_body(body)) << key.text << ": " << (body ? body->text : body.error().message);
      if (!payload || !has_body(body)) continue;
      const std::string print = body_fingerprint(kBeginning, body->text);
      EXPECT_EQ(print, body_fingerprint(kBeginning, payload->body)) << key.text;
      EXPECT_TRUE(print.starts_with(facts[0].text + " of ")) << print;
    }
    return keys[0].items.size();
  }

  std::unique_ptr<RedisServer> server_;
};

TEST_F(TypedReaderTest, ReadsWhatDumpHolds) {
  fill(all_keys());
  EXPECT_EQ(compare({}), 20u);
}

TEST_F(TypedReaderTest, ReadsInPagesOfAnySize) {
  Commands commands;
  add_collections(commands, "small", 8);
  add_collections(commands, "of some", 700);
  add_stream(commands, 500);
  commands.push_back({"SET", "string", std::string(5000, 'x') + kBinary});
  fill(commands);
  TypedOptions options;
  options.page_elements = 7;
  options.page_bytes = 1000;
  EXPECT_EQ(compare(options), 13u);
  options.page_elements = 1;
  EXPECT_EQ(compare(options), 13u);
}

TEST_F(TypedReaderTest, AKeyThatIsNotThereIsNoValue) {
  for (const std::string type : {"string", "list", "set", "zset", "hash", "stream", "none"}) {
    const auto body = read(server_->endpoint(), "k", type, {});
    ASSERT_TRUE(body) << type << body.error().message;
    EXPECT_EQ(body->kind, FoundKey::Kind::kGone) << type;
  }
}

TEST_F(TypedReaderTest, AKeyOfAnotherTypeMeanwhileIsReadAsThat) {
  fill({{"SET", "k", "now a string"}});
  for (const std::string type : {"list", "set", "zset", "hash", "stream"}) {
    const auto body = read(server_->endpoint(), "k", type, {});
    ASSERT_TRUE(has_body(body)) << type;
    EXPECT_EQ(body->text, std::string("\0\x0cnow a string", 14)) << type;
  }
}

TEST_F(TypedReaderTest, NamesATypeThatCommandsCannotRead) {
  const auto body = read(server_->endpoint(), "some\x1b key", "vectorset", {});
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(body->kind, FoundKey::Kind::kUnreadable);
  EXPECT_NE(body->text.find("key 'some\\x1b key': values of type vectorset"), std::string::npos)
      << body->text;
}

}  // namespace
}  // namespace rdbproof
