// A server and the network to it, in which everything that happens is drawn from a seed.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "bench/random.h"
#include "tests/laws/random_data.h"
#include "tests/unit/live/servers.h"

namespace rdbproof::test {

struct SimulatedKey {
  LogicalKey value;
  std::string payload;     // what DUMP answers
  bool is_moving = false;  // another value each time that it is read
};

using SimulatedKeys = std::map<uint64_t, std::map<std::string, SimulatedKey>>;

struct Weather {
  unsigned cuts = 0;            // connections that break, at any byte of a reply
  bool breaks_early = false;    // before the reading begins, too
  bool restarts = false;        // after a cut it is another process at times: cursors mean nothing
  bool is_busy_once = false;    // answers a run of commands by an error
  bool has_pexpiretime = true;  // Redis 7.0 up
  bool has_memory_usage = true;
  bool has_dump = true;
};

// Keys past their expiry are named by SCAN and have no value, as in Redis before 7.4. SCAN gives
// keys twice at times, and replies come in pieces. Its clock stands still at kNow.
class SimulatedServer {
 public:
  static constexpr int64_t kNow = 1'700'000'000'123;

  SimulatedServer(SimulatedKeys keys, const Weather& weather, uint64_t seed);

  Endpoint endpoint() const { return server_.endpoint(); }
  // After the last connection: commands that a reader of keys has no use for.
  const std::set<std::string>& strange_commands() const { return strange_; }

 private:
  void serve(FakeConnection& client);
  bool send(FakeConnection& client, std::string_view reply);
  bool is_cut(const Command& command);
  void restart();
  std::string answer(const Command& command);
  std::string answer_about_key(const Command& command);
  std::string answer_of_key(const Command& command, SimulatedKey& key);
  void change(SimulatedKey& key);
  std::string info() const;
  std::string scan(const std::string& cursor, uint64_t count);

  SimulatedKeys keys_;
  Weather weather_;
  bench::Random random_;
  std::set<std::string> strange_;
  unsigned cuts_left_;
  bool is_reading_ = false;
  unsigned busy_left_ = 0;
  bool was_busy_ = false;
  uint64_t process_ = 0;
  uint64_t database_ = 0;
  uint64_t changes_ = 0;
  std::map<uint64_t, std::vector<std::string>> order_;  // of SCAN, by database
  FakeServer server_;
};

}  // namespace rdbproof::test
