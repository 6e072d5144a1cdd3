#include "engine/resp/address.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace rdbproof {
namespace {

std::string told(const std::string& text) {
  const Result<ServerAddress> address = parse_address(text);
  if (!address) return "refused";
  std::string out;
  for (const Endpoint& endpoint : address->endpoints) out += endpoint.text() + " ";
  if (address->tls) out += "tls ";
  if (address->kind == ServerAddress::Kind::kCluster) out += "cluster ";
  if (!address->master.empty()) out += "master=" + address->master + " ";
  if (!address->user.empty()) out += "user=" + address->user + " ";
  if (address->database) out += "db=" + std::to_string(*address->database) + " ";
  return out;
}

TEST(ServerAddress, IsReadInAllItsForms) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"redis://localhost", "localhost:6379 "},
      {"redis://localhost/", "localhost:6379 "},
      {"redis://10.0.0.1:7000/3", "10.0.0.1:7000 db=3 "},
      {"rediss://example.net:6380", "example.net:6380 tls "},
      {"redis://[::1]:7000", "[::1]:7000 "},
      {"redis://[fe80::1]", "[fe80::1]:6379 "},
      {"redis://reader@host", "host:6379 user=reader "},
      {"redis://we%40ird@host", "host:6379 user=we@ird "},
      {"redis://host?cluster", "host:6379 cluster "},
      {"redis://host:1?db=4", "host:1 db=4 "},
      {"unix:///run/redis.sock", "/run/redis.sock "},
      {"unix:///run/a%20b?db=2", "/run/a b db=2 "},
      {"redis+sentinel://a:1,b,[::2]:3/main", "a:1 b:26379 [::2]:3 master=main "},
      {"rediss+sentinel://a/my%2Fmain/5", "a:26379 tls master=my/main db=5 "},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_TRUE(is_server_address(text)) << text;
    EXPECT_EQ(told(text), expected) << text;
  }
}

TEST(ServerAddress, IsRefusedWhereItIsWrong) {
  for (const char* text : {"redis://",
                           "redis://:6379",
                           "redis://host:",
                           "redis://host:0",
                           "redis://host:70000",
                           "redis://host:12x",
                           "redis://host/x",
                           "redis://host/1/2",
                           "redis://host/-1",
                           "redis://[::1",
                           "redis://host?unknown",
                           "redis://host?db=x",
                           "redis://a,b",
                           "unix://relative",
                           "redis+sentinel://host",
                           "redis+sentinel://host/",
                           "redis+sentinel://h/m?cluster",
                           "redis://%zz@host",
                           "redis://%4@host",
                           "http://host"}) {
    EXPECT_EQ(told(text), "refused") << text;
  }
  EXPECT_FALSE(is_server_address("dump.rdb"));
  EXPECT_FALSE(is_server_address("./redis://x"));
}

TEST(ServerAddress, HoldsNoPassword) {
  for (const char* text : {"redis://user:hidden@host", "redis://:hidden@host",
                           "rediss+sentinel://u:hidden@h/m", "redis://user:hid@den@host"}) {
    const Result<ServerAddress> address = parse_address(text);
    ASSERT_FALSE(address);
    EXPECT_EQ((address.error().message + address.error().hint).find("hid"), std::string::npos);
  }
}

}  // namespace
}  // namespace rdbproof
