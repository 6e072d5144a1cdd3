#include "tests/laws/typed_answers.h"

#include <algorithm>

#include "tests/unit/live/servers.h"

namespace rdbproof::test {
namespace {

struct TypeCommands {
  const char* type;
  const char* length;
  const char* scan;  // or that of a range
};

// By Kind.
constexpr TypeCommands kCommands[] = {{"string", "STRLEN", "GETRANGE"},
                                      {"list", "LLEN", "LRANGE"},
                                      {"set", "SCARD", "SSCAN"},
                                      {"zset", "ZCARD", "ZSCAN"},
                                      {"hash", "HLEN", "HSCAN"}};

bool has_pairs(const LogicalKey& key) {
  return key.kind == Kind::kZset || key.kind == Kind::kHash;
}

// From the first to the last that are asked for.
std::string range(const LogicalKey& key, const Command& command) {
  const size_t first = std::stoull(command[2]);
  const size_t count = std::stoull(command[3]) - first + 1;
  if (key.kind == Kind::kString) return bulk(key.elements[0].first.substr(first, count));
  std::vector<std::string> items;
  for (size_t i = first; i < std::min(key.elements.size(), first + count); ++i) {
    items.push_back(bulk(key.elements[i].first));
  }
  return array(items);
}

std::string scan(const LogicalKey& key, const Command& command, bench::Random& random) {
  size_t place = std::stoull(command[2]);
  const size_t end = std::min<size_t>(key.elements.size(), place + random.below(20));
  std::vector<std::string> items;
  for (; place < end; ++place) {
    items.push_back(bulk(key.elements[place].first));
    if (has_pairs(key)) items.push_back(bulk(key.elements[place].second));
  }
  const size_t next = place == key.elements.size() ? 0 : place;
  return array({bulk(std::to_string(next)), array(items)});
}

}  // namespace

std::optional<std::string> typed_answer(const LogicalKey& key, const Command& command,
                                        bench::Random& random) {
  const TypeCommands& commands = kCommands[static_cast<size_t>(key.kind)];
  const std::string& name = command[0];
  if (name == "TYPE") return std::string("+") + commands.type + "\r\n";
  if (name == "EXISTS") return number(1);
  if (name == commands.length) {
    const size_t length =
        key.kind == Kind::kString ? key.elements[0].first.size() : key.elements.size();
    return number(static_cast<int64_t>(length));
  }
  if (name != commands.scan) return std::nullopt;
  return key.kind <= Kind::kList ? range(key, command) : scan(key, command, random);
}

}  // namespace rdbproof::test
