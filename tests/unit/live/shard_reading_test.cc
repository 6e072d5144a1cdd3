// What servers may answer while they are read: less, more, or something else than they should.
#include <gtest/gtest.h>

#include "engine/live/key_commands.h"
#include "engine/live/probe.h"
#include "engine/live/topology.h"
#include "tests/unit/live/servers.h"

namespace rdbproof {
namespace {

using test::FakeServer;

TEST(TopologyTest, FindsSlotsThatAreOnTheirWay) {
  const std::string nodes =
      "07c3 127.0.0.1:7001@17001 master - 0 142 2 connected 5461-10922\n"
      "e7d1 127.0.0.1:7000@17000,host myself,master - 0 0 1 connected 0-5460 [93->-292f] "
      "[77-<-e7d1]"
      " [16384->-x] [x->-y] [5\n";
  EXPECT_EQ(parse_open_slots(nodes), (std::vector<uint16_t>{93, 77}));
  EXPECT_TRUE(parse_open_slots("myself [::1]:7000@17000 master - connected 0-16383\n").empty());
  EXPECT_TRUE(parse_open_slots("").empty());
}

TEST(KeyCommandsTest, AnExpiryFromNowIsOneByTheServersClock) {
  KeyCommands commands;
  commands.has_pexpiretime = false;
  commands.now_ms = 1'000'000;
  const auto expiry = [&](int64_t answer) {
    return commands.expiry_of({Reply::Kind::kInteger, {}, answer});
  };
  EXPECT_EQ(expiry(500), std::optional<int64_t>(1'000'500));
  EXPECT_EQ(expiry(INT64_MAX), std::optional<int64_t>(INT64_MAX));
  ASSERT_TRUE(expiry(-1));
  EXPECT_FALSE(*expiry(-1));
  EXPECT_EQ(expiry(-2), std::nullopt);
}

Result<Probe> probe_server(FakeServer::Answer answer, const LiveOptions& options) {
  const FakeServer server(std::move(answer));
  ServerInfo info;
  info.keys[0] = 3;
  return test::with_connection<Probe>(server.endpoint(),
                                      [&](ServerConnection& connection) -> Async<Probe> {
                                        co_return co_await probe(connection, info, options);
                                      });
}

std::string scan_reply(const std::string& cursor, std::vector<std::string> keys) {
  for (std::string& key : keys) key = test::bulk(key);
  return test::array({test::bulk(cursor), test::array(keys)});
}

TEST(ProbeTest, TakesAKeyThatIsSmallAndHere) {
  const LiveOptions options;
  const auto answer = [](const Command& command) -> std::string {
    if (command[0] == "SCAN") return scan_reply("0", {"elsewhere", "large", "small"});
    if (command[0] == "PTTL" && command[1] == "elsewhere") return "-MOVED 1 host:1\r\n";
    if (command[0] == "MEMORY") return test::number(command[2] == "large" ? 1 << 30 : 50);
    if (command[0] == "DUMP") {
      return command[1] == "small" ? test::bulk("payload") : "-ERR not to be asked for\r\n";
    }
    return test::number(-1);
  };
  const auto found = probe_server(answer, options);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->sample, "payload");
  EXPECT_TRUE(found->commands.has_dump);
}

// Keys may come, and those that only the other side has are asked for.
TEST(ProbeTest, LearnsOfAServerWithoutKeysWhatItKnows) {
  const LiveOptions options;
  const auto answer = [](const Command& command) -> std::string {
    if (command[0] == "SCAN") return scan_reply("0", {});
    if (command[0] == "PEXPIRETIME") return "-ERR unknown command\r\n";
    return command[0] == "PTTL" ? test::number(-2) : "$-1\r\n";
  };
  const auto found = probe_server(answer, options);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_FALSE(found->commands.has_pexpiretime);
  EXPECT_TRUE(found->commands.has_dump);
}

TEST(ProbeTest, AServerWithoutKeysNeedNotLetUsAskForAnyName) {
  const LiveOptions options;
  const auto answer = [](const Command& command) -> std::string {
    if (command[0] == "SCAN") return scan_reply("0", {});
    return "-NOPERM this user has no permissions to access one of the keys\r\n";
  };
  const auto found = probe_server(answer, options);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_TRUE(found->commands.has_pexpiretime);
  EXPECT_TRUE(found->commands.has_dump);
}

TEST(ProbeTest, ComesToAnEndWhateverTheServerSays) {
  const LiveOptions options;
  const auto answer = [](const Command& command) -> std::string {
    return command[0] == "SCAN" ? scan_reply("1", {}) : "+OK\r\n";
  };
  const auto found = probe_server(answer, options);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_FALSE(found->sample);
}

TEST(ServerConnectionTest, RepliesAreNoLargerThanWanted) {
  const FakeServer server([](const Command&) { return test::bulk(std::string(1000, 'x')); });
  const auto sizes = test::with_connection<bool>(
      server.endpoint(), [](ServerConnection& connection) -> Async<bool> {
        const std::vector<Command> commands(10, Command{"DUMP", "key"});
        const auto few = co_await connection.call_many(commands, 20'000);
        if (!few || connection.has_overflowed()) co_return fail("ten replies should fit");
        const auto many = co_await connection.call_many(commands, 5'000);
        co_return !many && connection.has_overflowed() && !connection.is_open();
      });
  ASSERT_TRUE(sizes) << sizes.error().message;
  EXPECT_TRUE(*sizes);
}

TEST(ServerConnectionTest, AServerThatRepeatsThePasswordIsNotQuoted) {
  Reply reply{Reply::Kind::kError};
  reply.text = "ERR unknown command 'AUTH', with args beginning with: 'canary'";
  const Error error = explain_error(reply, {"AUTH", "canary"}, Endpoint{"host", 1, {}}, "");
  EXPECT_EQ(error.message.find("canary"), std::string::npos) << error.message;
}

}  // namespace
}  // namespace rdbproof
