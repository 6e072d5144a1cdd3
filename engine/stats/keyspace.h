// How many keys of which type: counts by database, type and encoding.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/model/by_database.h"
#include "engine/model/event.h"

namespace rdbproof {

struct TypeCounts {
  uint64_t keys = 0;
  uint64_t elements = 0;  // 1 a string; items, members, fields, entries of the others
  uint64_t bytes = 0;     // of the elements as a client would read them

  void merge(const TypeCounts& other);
};

// Of one database.
class DatabaseCounts {
 public:
  void add(const Key& key, const ValueSummary& value, int64_t now_ms);
  void merge(const DatabaseCounts& other);

  uint64_t keys() const { return keys_; }
  uint64_t expires() const { return expires_; }
  // Keys whose expiry lay before the run's present: a primary drops them while loading.
  uint64_t expired() const { return expired_; }
  // By type name, ascending.
  std::map<std::string, TypeCounts> types() const;

 private:
  uint64_t keys_ = 0;
  uint64_t expires_ = 0;
  uint64_t expired_ = 0;
  std::array<TypeCounts, kValueTypeNames.size()> types_{};
  std::map<std::string, TypeCounts, std::less<>> modules_;
};

class Keyspace {
 public:
  // `now_ms`: what counts as expired, Unix time.
  explicit Keyspace(int64_t now_ms) : now_ms_(now_ms) {}

  void select_database(uint64_t database) { databases_.select(database); }
  void add(const Key& key, const ValueSummary& value);
  // Appends what follows in the file.
  void absorb(const Keyspace& next);
  // Adds another file's, which is whole.
  void merge(const Keyspace& other);

  const std::map<uint64_t, DatabaseCounts>& databases() const { return databases_.databases(); }
  // Keys by encoding, as OBJECT ENCODING names it.
  std::map<std::string, uint64_t> encodings() const;

 private:
  void count_encoding(std::string_view encoding, uint64_t keys);
  size_t find_encoding(std::string_view encoding);

  int64_t now_ms_;
  ByDatabase<DatabaseCounts> databases_;
  std::vector<std::pair<std::string_view, uint64_t>> encodings_;  // names are literals
  // Where in encodings_ a literal is, by its address.
  static constexpr size_t kRemembered = 64;
  struct Remembered {
    const char* literal = nullptr;
    size_t index = 0;
  };
  std::array<Remembered, kRemembered> remembered_{};
};

}  // namespace rdbproof
