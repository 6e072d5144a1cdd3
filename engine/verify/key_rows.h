// One line of text a key, made in parallel, written in the order of the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/fingerprint/fast_fingerprint.h"
#include "engine/fingerprint/redis_digest.h"
#include "engine/model/event.h"

namespace rdbproof {

// All that is known of a key but its database, which is settled only when parts meet.
struct KeyRow {
  const Key& key;
  const ValueSummary& value;
  const FingerprintText& fingerprint;
  const KeyDigests* digests;  // null unless asked for
};

// Turns rows into lines. One object serves all threads.
class KeyRowFormat {
 public:
  virtual ~KeyRowFormat() = default;
  // The part of a line that stands before what append_row() gives.
  virtual std::string prefix(uint64_t database) const = 0;
  // The rest of the line, its newline included.
  virtual void append_row(std::string& out, const KeyRow& row) const = 0;
};

// The lines of a part, by the database they are in.
class KeyRows {
 public:
  void select_database(uint64_t database) {
    if (!runs_.back().line_ends.empty()) runs_.emplace_back();
    runs_.back().database = database;
  }
  void add(const KeyRowFormat& format, const KeyRow& row);

  // Appends all lines to `out`; those before the first select_database() are in `database`.
  void render(const KeyRowFormat& format, uint64_t database, std::string& out) const;

 private:
  struct Run {
    std::optional<uint64_t> database;
    std::string text;
    std::vector<size_t> line_ends;
  };
  std::vector<Run> runs_{Run{}};
};

}  // namespace rdbproof
