#include "engine/resp/command.h"

#include <gtest/gtest.h>

#include <string>

namespace rdbproof {
namespace {

bool is_sent(const Command& command, Permission permission = Permission::kNone) {
  std::string out;
  const bool sent = append_command(out, command, permission).has_value();
  EXPECT_EQ(out.empty(), !sent);
  return sent;
}

TEST(Commands, AreEncoded) {
  std::string out;
  ASSERT_TRUE(append_command(out, make_command("SCAN", "0", "COUNT", std::string("1\r\n"))));
  EXPECT_EQ(out, "*4\r\n$4\r\nSCAN\r\n$1\r\n0\r\n$5\r\nCOUNT\r\n$3\r\n1\r\n\r\n");
}

// All that change something, in Redis 7.2 and Valkey 8, and what stops or tells too much.
TEST(Commands, ThatChangeSomethingAreNeverSent) {
  for (const char* name :
       {"APPEND",   "BITFIELD",   "BITOP",        "BLMOVE",     "BLMPOP",   "BLPOP",
        "BRPOP",    "BRPOPLPUSH", "BZMPOP",       "BZPOPMAX",   "BZPOPMIN", "COPY",
        "DECR",     "DECRBY",     "DEL",          "EVAL",       "EVALSHA",  "EXPIRE",
        "EXPIREAT", "FCALL",      "FLUSHALL",     "FLUSHDB",    "GEOADD",   "GEORADIUS",
        "GETDEL",   "GETEX",      "GETSET",       "HDEL",       "HEXPIRE",  "HINCRBY",
        "HMSET",    "HPERSIST",   "HSET",         "HSETNX",     "INCR",     "INCRBY",
        "LINSERT",  "LMOVE",      "LMPOP",        "LPOP",       "LPUSH",    "LREM",
        "LSET",     "LTRIM",      "MIGRATE",      "MOVE",       "MSET",     "MULTI",
        "EXEC",     "PERSIST",    "PEXPIRE",      "PFADD",      "PFCOUNT",  "PFMERGE",
        "PSETEX",   "PUBLISH",    "RENAME",       "RESTORE",    "RPOP",     "RPUSH",
        "SADD",     "SET",        "SETBIT",       "SETEX",      "SETRANGE", "SINTERSTORE",
        "SMOVE",    "SORT",       "SPOP",         "SREM",       "SWAPDB",   "TOUCH",
        "UNLINK",   "XACK",       "XADD",         "XAUTOCLAIM", "XCLAIM",   "XDEL",
        "XGROUP",   "XREADGROUP", "XSETID",       "XTRIM",      "ZADD",     "ZINCRBY",
        "ZPOPMAX",  "ZREM",       "ZUNIONSTORE",  "CONFIG",     "DEBUG",    "SHUTDOWN",
        "SAVE",     "BGSAVE",     "BGREWRITEAOF", "REPLICAOF",  "SLAVEOF",  "FAILOVER",
        "RESET",    "MONITOR",    "KEYS",         "SCRIPT",     "MODULE",   "ACL",
        "LATENCY",  "SLOWLOG",    "SUBSCRIBE",    "SYNC",       "WAIT",     "CLUSTER",
        "CLIENT",   "FUNCTION",   "OBJECT",       "MEMORY",     "SENTINEL", "XINFO"}) {
    EXPECT_FALSE(is_sent({name})) << name;
    EXPECT_FALSE(is_sent({name, "key", "value"})) << name;
  }
  for (const auto& [name, subcommand] :
       std::vector<std::pair<std::string, std::string>>{{"CLIENT", "KILL"},
                                                        {"CLIENT", "PAUSE"},
                                                        {"CLUSTER", "RESET"},
                                                        {"CLUSTER", "FAILOVER"},
                                                        {"FUNCTION", "FLUSH"},
                                                        {"FUNCTION", "RESTORE"},
                                                        {"MEMORY", "PURGE"},
                                                        {"SENTINEL", "FAILOVER"}}) {
    EXPECT_FALSE(is_sent({name, subcommand})) << name << " " << subcommand;
  }
  for (const char* name : {"", "set", "dump", "DUMP ", "DUMP\r\nSET", "SC\0AN"}) {
    EXPECT_FALSE(is_sent({name, "key"})) << name;
  }
  EXPECT_FALSE(is_sent({}));
}

TEST(Commands, ThatMakeTheServerForkNeedPermission) {
  EXPECT_FALSE(is_sent({"PSYNC", "?", "-1"}));
  EXPECT_TRUE(is_sent({"PSYNC", "?", "-1"}, Permission::kFork));
  EXPECT_TRUE(is_sent({"DUMP", "key"}, Permission::kFork));
}

TEST(Commands, HaveTheNamesOfAccessRules) {
  EXPECT_EQ(acl_name({"DUMP", "key"}), "dump");
  EXPECT_EQ(acl_name({"CLUSTER", "SLOTS"}), "cluster|slots");
}

}  // namespace
}  // namespace rdbproof
