// What a file asks of a server besides reading its records: collected part by part.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/model/by_database.h"
#include "engine/model/event.h"

namespace rdbproof {

struct SelectedNumber {
  uint64_t number = 0;
  uint64_t offset = 0;
};

struct NeededModule {
  ModulePart part;
  std::string name;
  uint64_t offset;  // where it stands first
};

class ServerNeeds {
 public:
  // `counts_fields`: whether hashes may vanish because all of their fields have expired.
  ServerNeeds(bool counts_fields, int64_t now_ms)
      : counts_fields_(counts_fields), now_ms_(now_ms) {}

  void select_database(uint64_t database);
  // Where the record of the event before stands.
  void place(const OtherRecord& record);
  void begin_key(const Key& key);
  void elements(std::span<const Element> batch) {
    if (counts_fields_) count_expired_fields(batch);
  }
  void end_key(const Key& key, const ValueSummary& value) {
    if (expired_fields_ != 0) count_fieldless(key, value);
  }
  void needs_module(ModulePart part, std::string_view name, uint64_t offset);
  // Appends what follows in the file.
  void absorb(const ServerNeeds& next);

  // The highest database that is selected, with keys or without.
  const std::optional<SelectedNumber>& highest_database() const { return highest_; }
  // Different ones in the order of the file; the first hundred.
  const std::vector<NeededModule>& modules() const { return modules_; }
  // Hashes without a field that has not expired, of keys that have not: by database.
  uint64_t fieldless(uint64_t database) const;

 private:
  struct Count {
    uint64_t value = 0;
    void merge(const Count& other) { value += other.value; }
  };

  void count_expired_fields(std::span<const Element> batch);
  void count_fieldless(const Key& key, const ValueSummary& value);
  void raise_highest(const SelectedNumber& selected);

  bool counts_fields_;
  int64_t now_ms_;
  uint64_t expired_fields_ = 0;       // of the current key
  std::optional<uint64_t> selected_;  // not placed yet
  std::optional<SelectedNumber> highest_;
  std::vector<NeededModule> modules_;
  ByDatabase<Count> fieldless_;
};

}  // namespace rdbproof
