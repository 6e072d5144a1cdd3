// The numbers of keys that a file announces for its databases, against those that are there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "engine/model/event.h"
#include "engine/stats/keyspace.h"
#include "engine/verify/finding_log.h"

namespace rdbproof {

struct KeyCounts {
  uint64_t keys = 0;
  uint64_t expires = 0;  // of these, with an expiry

  // Stays at the largest number: what is announced need not be true.
  void add(const KeyCounts& other);
  bool operator==(const KeyCounts&) const = default;
};

class SizeHints {
 public:
  void select_database(uint64_t database) {
    database_ = database;
    has_keys_ = false;
  }
  void begin_key() { has_keys_ = true; }
  // A key that is in the file, but not in the keyspace.
  void drop_key(const Key& key) {
    current().dropped.add({1, key.has_expiry ? uint64_t{1} : uint64_t{0}});
  }
  void add(const KeyCounts& announced, uint64_t offset);

  // Appends what follows in the file.
  void absorb(const SizeHints& next);

  struct Rules {
    bool expires_count = true;      // the number of keys with expiry means just that
    bool expired_left_out = false;  // keys that had expired are announced, but not there
  };
  // Once all keys are known, and none was lost.
  void check(const Keyspace& keyspace, const Rules& rules, FindingLog& log) const;

 private:
  static constexpr uint64_t kNowhere = ~uint64_t{0};

  struct Database {
    KeyCounts announced;  // in all places
    uint64_t places = 0;
    uint64_t first_offset = kNowhere;
    KeyCounts dropped;

    void merge(const Database& other);
    bool is_empty() const { return places == 0 && dropped.keys == 0; }
  };
  static void check_database(uint64_t number, const Database& database, const KeyCounts& found,
                             const Rules& rules, FindingLog& log);

  Database& current() { return database_ ? named_[*database_] : nameless_; }

  std::optional<uint64_t> database_;    // the current one, as far as this part knows
  Database nameless_;                   // before it knows
  std::map<uint64_t, Database> named_;  // those of which there is something to say
  bool has_keys_ = false;               // since the last database was selected
  uint64_t leading_offset_ = kNowhere;  // of a hint before any key and database of this part
  uint64_t late_offset_ = kNowhere;     // of the first hint behind a key of its database
};

}  // namespace rdbproof
