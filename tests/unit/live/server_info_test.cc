#include "engine/live/server_info.h"

#include <gtest/gtest.h>

namespace rdbproof {
namespace {

using Replicas = std::vector<std::string>;
using Keys = std::map<uint64_t, uint64_t>;

TEST(ServerInfoTest, ReadsRedis) {
  const ServerInfo info = parse_info(
      "# Server\r\nredis_version:7.2.4\r\nredis_mode:standalone\r\n\r\n# "
      "Persistence\r\nloading:0\r\n"
      "# Replication\r\nrole:master\r\nconnected_slaves:2\r\n"
      "slave0:ip=10.0.0.2,port=6380,state=online,offset=14,lag=0\r\n"
      "slave1:ip=fd00::3,port=6381,state=online,offset=14,lag=1\r\n"
      "slave_repl_offset:5\r\n"
      "# Cluster\r\ncluster_enabled:0\r\n"
      "# "
      "Keyspace\r\ndb0:keys=12,expires=3,avg_ttl=0\r\ndb15:keys=18446744073709551615,expires="
      "0\r\n");
  EXPECT_EQ(info.product, "redis");
  EXPECT_EQ(info.version, "7.2.4");
  EXPECT_EQ(info.version_number(), (7u << 8) + 2);
  EXPECT_FALSE(info.is_replica);
  EXPECT_FALSE(info.is_cluster);
  EXPECT_FALSE(info.is_loading);
  EXPECT_EQ(info.replicas, (Replicas{"10.0.0.2:6380", "fd00::3:6381"}));
  EXPECT_EQ(info.keys, (Keys{{0, 12}, {15, ~uint64_t{0}}}));
}

TEST(ServerInfoTest, SaysWhatItDoesNotKnow) {
  EXPECT_FALSE(parse_info("redis_version:7.2.4\r\n").has_keyspace);
  EXPECT_TRUE(parse_info("# Keyspace\r\n").has_keyspace);
  EXPECT_TRUE(parse_info("db3:keys=1,expires=0\r\n").has_keyspace);
  EXPECT_EQ(parse_info("run_id:0000000000\r\n").run_id, "");
  std::string many;
  for (int i = 0; i < 20'001; ++i) many += "db" + std::to_string(i) + ":keys=1\r\n";
  EXPECT_TRUE(parse_info(many).too_many_databases);
}

TEST(ServerInfoTest, ReadsTimes) {
  const auto time = [](const std::string& seconds, const std::string& microseconds) {
    Reply reply{Reply::Kind::kArray};
    for (const std::string& text : {seconds, microseconds}) {
      reply.items.push_back({Reply::Kind::kBulk, text});
    }
    return parse_time(reply);
  };
  EXPECT_EQ(time("1700000000", "123456"), 1'700'000'000'123);
  EXPECT_EQ(time("18446744073709551615", "0"), std::nullopt);
  EXPECT_EQ(time("1", "18446744073709551615"), std::nullopt);
  EXPECT_EQ(time("now", "0"), std::nullopt);
  EXPECT_EQ(parse_time({}), std::nullopt);
}

TEST(ServerInfoTest, ReadsAReplicaOfAValkeyCluster) {
  const ServerInfo info = parse_info(
      "redis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.0.1\r\nserver_mode:cluster\r\n"
      "loading:1\r\nrole:slave\r\nmaster_link_status:down\r\ncluster_enabled:1\r\n");
  EXPECT_EQ(info.product, "valkey");
  EXPECT_EQ(info.version_number(), 9u << 8);
  EXPECT_TRUE(info.is_replica);
  EXPECT_FALSE(info.is_link_up);
  EXPECT_TRUE(info.is_cluster);
  EXPECT_TRUE(info.is_loading);
  EXPECT_TRUE(info.replicas.empty());
}

TEST(ServerInfoTest, KnowsProductsWhateverStandsFirst) {
  const ServerInfo keydb = parse_info("redis_version:6.3.4\r\nserver_threads:2\r\n");
  EXPECT_EQ(keydb.product, "keydb");
  EXPECT_EQ(keydb.version_number(), (6u << 8) + 3);
  for (const char* text : {"redis_version:7.4.0\r\ndragonfly_version:df-v1.27.1\r\n",
                           "dragonfly_version:df-v1.27.1\nredis_version:7.4.0\n"}) {
    const ServerInfo dragonfly = parse_info(text);
    EXPECT_EQ(dragonfly.product, "dragonfly");
    EXPECT_EQ(dragonfly.version, "1.27.1");
  }
}

TEST(ServerInfoTest, HostileTextsTakeNoMoreThanTheirShare) {
  EXPECT_EQ(parse_info("").version, "");
  EXPECT_EQ(parse_info("").version_number(), 0u);
  EXPECT_EQ(parse_info("no colon\r\n:\r\n::\n\r\n\n").product, "redis");
  EXPECT_EQ(parse_info("redis_version:" + std::string(100'000, '9')).version.size(), 32u);
  EXPECT_EQ(parse_info("redis_version:" + std::string(100'000, '9')).version_number(), 0u);
  EXPECT_EQ(parse_info(std::string("redis_version\0:7.0", 18)).version, "");
  EXPECT_TRUE(parse_info("db0:keys\r\ndb0:\r\ndb:keys=1\r\ndb0:expires=1,keys\r\n").keys.empty());
  EXPECT_EQ(parse_info("db0:keys=-1\r\n").keys, (Keys{{0, 0}}));
  EXPECT_TRUE(parse_info("slave:ip=a,port=1\r\nslave_x:ip=a\r\n").replicas.empty());
  EXPECT_EQ(parse_info("slave0:\r\n").replicas.size(), 1u);
  std::string many;
  for (int i = 0; i < 30'000; ++i) {
    many += "slave" + std::to_string(i) + ":ip=h,port=1\r\ndb" + std::to_string(i) + ":keys=1\r\n";
  }
  const ServerInfo info = parse_info(many);
  EXPECT_EQ(info.replicas.size(), 64u);
  EXPECT_EQ(info.keys.size(), 20'000u);
}

}  // namespace
}  // namespace rdbproof
