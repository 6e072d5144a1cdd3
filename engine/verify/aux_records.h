// The AUX fields about a file, and whether a server could have written their values.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/rdb/file_context.h"
#include "engine/stats/keyspace.h"
#include "engine/verify/finding_log.h"

namespace rdbproof {

// Names and values in the order of the file; the first thousand.
using AuxFields = std::vector<std::pair<std::string, std::string>>;

class AuxRecords {
 public:
  void add(Bytes name, Bytes value);
  // Where the field stands that add() was given last.
  void place(uint64_t offset);
  // Appends what follows in the file.
  void absorb(AuxRecords&& next);

  // `now_ms`: the present, 0 if it is not known.
  void check(const FileContext& file, const Keyspace& keyspace, int64_t now_ms,
             FindingLog& log) const;

  // Whether there is a field whose name begins so.
  bool has_beginning(Bytes beginning) const;

  AuxFields take_fields();

 private:
  struct Record {
    std::string name;
    std::string value;
    uint64_t offset = 0;
  };

  void check_values(int64_t now_ms, FindingLog& log) const;
  void check_memory(const FileContext& file, const Keyspace& keyspace, FindingLog& log) const;
  void check_repetitions(FindingLog& log) const;

  std::vector<Record> records_;
};

}  // namespace rdbproof
