#include "tests/laws/simulated_server.h"

#include <algorithm>

#include "tests/laws/typed_answers.h"

namespace rdbproof::test {
namespace {

constexpr unsigned kVersion = 10;  // of moving values
constexpr uint64_t kProcesses = 1000;
constexpr const char* kNull = "$-1\r\n";
const std::set<std::string> kOfKeys{
    "PEXPIRETIME", "PTTL",   "MEMORY", "DUMP",  "TYPE",  "EXISTS", "STRLEN", "GETRANGE",
    "LLEN",        "LRANGE", "SCARD",  "SSCAN", "ZCARD", "ZSCAN",  "HLEN",   "HSCAN"};

std::string unknown(const std::string& name) {
  return "-ERR unknown command '" + name + "'\r\n";
}

bool is_gone(const SimulatedKey& key) {
  return key.value.expire_at_ms != 0 && key.value.expire_at_ms <= SimulatedServer::kNow;
}

}  // namespace

SimulatedServer::SimulatedServer(SimulatedKeys keys, const Weather& weather, uint64_t seed)
    : keys_(std::move(keys)),
      weather_(weather),
      random_(seed),
      cuts_left_(weather.cuts),
      server_(FakeServer::Serve([this](FakeConnection& client) { serve(client); })) {}

void SimulatedServer::restart() {
  ++process_;
  order_.clear();
  for (const auto& [database, keys] : keys_) {
    std::vector<std::string>& names = order_[database];
    for (const auto& [name, key] : keys) names.push_back(name);
    for (size_t i = names.size(); i > 1; --i) std::swap(names[i - 1], names[random_.below(i)]);
  }
}

void SimulatedServer::serve(FakeConnection& client) {
  if (process_ == 0 || (weather_.restarts && random_.one_in(2))) restart();
  database_ = 0;
  while (const std::optional<Command> command = client.next()) {
    const std::string reply = answer(*command);
    if (is_cut(*command)) {
      --cuts_left_;
      send(client, std::string_view(reply).substr(0, random_.below(reply.size())));
      return;
    }
    if (!send(client, reply)) return;
  }
}

bool SimulatedServer::is_cut(const Command& command) {
  const bool may_be = is_reading_ || weather_.breaks_early;
  // The last that is asked before keys are read.
  is_reading_ = is_reading_ || command[0] == "FUNCTION";
  return may_be && cuts_left_ != 0 && random_.one_in(20);
}

bool SimulatedServer::send(FakeConnection& client, std::string_view reply) {
  while (!reply.empty()) {
    const size_t piece = random_.one_in(3) ? random_.between(1, reply.size()) : reply.size();
    if (!client.send(reply.substr(0, piece))) return false;
    reply.remove_prefix(piece);
  }
  return true;
}

std::string SimulatedServer::answer(const Command& command) {
  const std::string& name = command[0];
  if (name == "PING") return "+PONG\r\n";
  if (weather_.is_busy_once && is_reading_ && !was_busy_ && random_.one_in(50)) {
    was_busy_ = true;
    busy_left_ = static_cast<unsigned>(random_.between(1, 9));
  }
  if (busy_left_ != 0) {
    --busy_left_;
    return "-BUSY Redis is busy running a script.\r\n";
  }
  if (name == "CLIENT") return "+OK\r\n";
  if (name == "INFO") return bulk(info());
  if (name == "TIME") {
    return array({bulk(std::to_string(kNow / 1000)), bulk(std::to_string(kNow % 1000 * 1000))});
  }
  if (name == "FUNCTION") return bulk(seal_payload("", kVersion));
  if (name == "SELECT") {
    database_ = std::stoull(command[1]);
    return "+OK\r\n";
  }
  if (name == "SCAN") return scan(command[1], std::stoull(command[3]));
  return answer_about_key(command);
}

std::string SimulatedServer::answer_about_key(const Command& command) {
  const std::string& name = command[0];
  if (!kOfKeys.contains(name)) strange_.insert(name);
  const bool is_known = kOfKeys.contains(name) && (weather_.has_dump || name != "DUMP") &&
                        (weather_.has_memory_usage || name != "MEMORY") &&
                        (weather_.has_pexpiretime || name != "PEXPIRETIME");
  if (!is_known) return unknown(name);
  auto& keys = keys_[database_];
  const auto found = keys.find(command[name == "MEMORY" ? 2 : 1]);
  if (found != keys.end() && !is_gone(found->second)) return answer_of_key(command, found->second);
  if (name == "DUMP" || name == "MEMORY") return kNull;
  if (name == "TYPE") return "+none\r\n";
  return number(name == "PTTL" || name == "PEXPIRETIME" ? -2 : 0);
}

std::string SimulatedServer::answer_of_key(const Command& command, SimulatedKey& key) {
  const std::string& name = command[0];
  const int64_t expire_at_ms = key.value.expire_at_ms;
  if (name == "PEXPIRETIME") return number(expire_at_ms == 0 ? -1 : expire_at_ms);
  if (name == "PTTL") return number(expire_at_ms == 0 ? -1 : expire_at_ms - kNow);
  // Less than DUMP takes, or more.
  if (name == "MEMORY") return number(static_cast<int64_t>(key.payload.size() * random_.below(3)));
  if (key.is_moving && (name == "DUMP" || name == "TYPE")) change(key);
  if (name == "DUMP") return bulk(key.payload);
  return typed_answer(key.value, command, random_)
      .value_or("-WRONGTYPE Operation against a key holding the wrong kind of value\r\n");
}

void SimulatedServer::change(SimulatedKey& key) {
  key.value = {Kind::kString, {{"change " + std::to_string(++changes_), ""}}, 0};
  key.payload = dump_payload(key.value, {.version = kVersion});
}

std::string SimulatedServer::info() const {
  std::string text = "# Server\r\nredis_version:7.0.15\r\nrun_id:process" +
                     std::to_string(process_) +
                     "\r\n# Replication\r\nrole:master\r\n# Keyspace\r\n";
  for (const auto& [database, keys] : keys_) {
    text += "db" + std::to_string(database) + ":keys=" + std::to_string(keys.size()) + "\r\n";
  }
  return text;
}

// A cursor is a place in the order of one process; any other place, in that of another.
std::string SimulatedServer::scan(const std::string& cursor, uint64_t count) {
  const std::vector<std::string>& names = order_[database_];
  const uint64_t given = std::stoull(cursor);
  uint64_t place = given / kProcesses;
  if (given != 0 && given % kProcesses != process_) place = random_.below(names.size() + 1);
  const uint64_t end = std::min<uint64_t>(names.size(), place + random_.below(count + 2));
  std::vector<std::string> page;
  for (; place < end; ++place) page.push_back(bulk(names[place]));
  if (place != 0 && random_.one_in(4)) page.push_back(bulk(names[random_.below(place)]));
  const uint64_t next = place == names.size() ? 0 : place * kProcesses + process_;
  return array({bulk(std::to_string(next)), array(page)});
}

}  // namespace rdbproof::test
