// What a file says of itself between its keys, and whether that is so.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/model/event.h"
#include "engine/rdb/file_context.h"
#include "engine/rdb/used_records.h"
#include "engine/stats/keyspace.h"
#include "engine/verify/aux_records.h"
#include "engine/verify/database_order.h"
#include "engine/verify/finding_log.h"
#include "engine/verify/function_names.h"
#include "engine/verify/size_hints.h"
#include "engine/verify/slot_checks.h"

namespace rdbproof {

// A type or opcode that a file uses.
struct UsedRecord {
  const RdbRow* row;
  uint64_t offset;  // of the first one
};

// Takes the events of a part, and its neighbours.
class FileRecords {
 public:
  FileRecords(const FileContext& file, uint64_t max_findings) : file_(file), slots_(max_findings) {}

  void select_database(uint64_t database);
  void begin_key(const Key& key) {
    hints_.begin_key();
    if (file_.has_slots) slots_.add(key);
  }
  // A key that gets into no keyspace.
  void drop_key(const Key& key) { hints_.drop_key(key); }
  void aux(Bytes name, Bytes value) { aux_.add(name, value); }
  void function(Bytes source) { functions_.add(source); }
  void resize_hint(uint64_t keys, uint64_t expires) { hint_ = KeyCounts{keys, expires}; }
  void slot_info(const SlotInfo& slot);
  // Where the record of the event before stands.
  void place(const OtherRecord& record);
  void use(const UsedRecords& used) { used_.merge(used); }

  // Appends what follows in the file. `database` is the one that this part ends in.
  void absorb(FileRecords&& next, uint64_t database);

  // At the end of the file: its findings in a fixed order. `log` has all others already; `dialect`
  // is what the whole file shows.
  void check(const Keyspace& keyspace, Dialect dialect, int64_t now_ms, FindingLog& log);

  // By first byte.
  std::vector<UsedRecord> used() const;
  // Absent if no record names a database: all keys are in 0 then.
  const std::optional<SelectedDatabase>& highest_database() const { return order_.highest(); }
  uint64_t functions() const { return functions_.libraries(); }
  std::map<std::string, Uint128> function_sources() const { return functions_.sources(); }
  AuxFields take_aux() { return aux_.take_fields(); }

 private:
  void check_versions(FindingLog& log) const;
  void check_slots(FindingLog& log);
  void check_hints(const Keyspace& keyspace, Dialect dialect, FindingLog& log) const;

  const FileContext& file_;
  UsedRecords used_;
  AuxRecords aux_;
  FunctionNames functions_;
  DatabaseOrder order_;
  SizeHints hints_;
  SlotChecks slots_;
  uint64_t database_ = kNoDatabase;   // the current one, as far as this part knows
  std::optional<uint64_t> selected_;  // not placed yet, as the next
  std::optional<KeyCounts> hint_;
  bool has_unplaced_slot_ = false;
  uint64_t late_slot_offset_ = UsedRecords::kNowhere;  // first slot where the file begins without
};

}  // namespace rdbproof
