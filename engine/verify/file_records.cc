#include "engine/verify/file_records.h"

#include <algorithm>
#include <string>

#include "engine/rdb/grammar.h"
#include "engine/rdb/slots.h"

namespace rdbproof {
namespace {

constexpr uint8_t kResizeDb = 251;
constexpr uint8_t kSelectDb = 254;
constexpr uint8_t kFunction = 245;
constexpr uint8_t kAux = 250;

}  // namespace

void FileRecords::select_database(uint64_t database) {
  database_ = database;
  selected_ = database;
  hints_.select_database(database);
  if (file_.has_slots) slots_.select_database(database);
}

void FileRecords::slot_info(const SlotInfo& slot) {
  if (file_.has_slots) slots_.begin_slot(slot, database_);
  has_unplaced_slot_ = true;
}

void FileRecords::place(const OtherRecord& record) {
  if (record.byte == kSelectDb && selected_) order_.add({*selected_, record.offset});
  if (record.byte == kResizeDb && hint_) hints_.add(*hint_, record.offset);
  if (record.byte == kFunction) functions_.place(record.offset);
  if (record.byte == kAux) aux_.place(record.offset);
  if (has_unplaced_slot_) {
    if (file_.has_slots) slots_.place(record.offset);
    if (!file_.has_slots) late_slot_offset_ = std::min(late_slot_offset_, record.offset);
  }
  selected_.reset();
  hint_.reset();
  has_unplaced_slot_ = false;
}

void FileRecords::absorb(FileRecords&& next, uint64_t database) {
  used_.merge(next.used_);
  aux_.absorb(std::move(next.aux_));
  functions_.absorb(std::move(next.functions_));
  order_.absorb(next.order_);
  hints_.absorb(next.hints_);
  if (file_.has_slots) slots_.absorb(std::move(next.slots_), database);
  late_slot_offset_ = std::min(late_slot_offset_, next.late_slot_offset_);
}

void FileRecords::check(const Keyspace& keyspace, Dialect dialect, int64_t now_ms,
                        FindingLog& log) {
  check_versions(log);
  // Dragonfly writes its databases in turns.
  if (file_.dialect != Dialect::kDragonfly && order_.disorder()) {
    log.add({Code::kDatabaseOrder,
             order_.disorder()->offset,
             order_.disorder()->number,
             false,
             {},
             {}});
  }
  aux_.check(file_, keyspace, now_ms, log);
  functions_.check(log);
  check_slots(log);
  check_hints(keyspace, dialect, log);
}

void FileRecords::check_hints(const Keyspace& keyspace, Dialect dialect, FindingLog& log) const {
  // Where keys are lost, numbers tell nothing; Dragonfly counts before it writes.
  if (log.count(Severity::kDamaged) != 0 || log.lost_bytes() != 0) return;
  if (dialect == Dialect::kDragonfly) return;
  constexpr uint32_t kLastVersionOfRedis32 = 7;
  SizeHints::Rules rules;
  // KeyDB counts keys whose members expire, Redis Enterprise's conflict-free data other ones.
  rules.expires_count = dialect != Dialect::kKeyDb && !aux_.has_beginning("crdt");
  rules.expired_left_out = file_.version <= kLastVersionOfRedis32;
  hints_.check(keyspace, rules, log);
}

// Dragonfly writes the types of all versions under one.
void FileRecords::check_versions(FindingLog& log) const {
  if (file_.dialect == Dialect::kDragonfly) return;
  std::vector<UsedRecord> newer = used();
  std::erase_if(
      newer, [&](const UsedRecord& record) { return record.row->first_version <= file_.version; });
  std::ranges::sort(newer, {}, &UsedRecord::offset);
  for (const UsedRecord& record : newer) {
    log.add({Code::kNewerRecord,
             record.offset,
             kNoDatabase,
             false,
             {},
             std::string(record.row->name) + " came with version " +
                 std::to_string(record.row->first_version)});
  }
}

void FileRecords::check_slots(FindingLog& log) {
  if (late_slot_offset_ != UsedRecords::kNowhere) {
    log.add({Code::kSlotMismatch,
             late_slot_offset_,
             kNoDatabase,
             false,
             {},
             "keys stand before the first slot"});
  }
  if (!file_.has_slots) return;
  slots_.finish();
  // Behind what is lost, keys may seem to be in the slot before.
  if (log.lost_bytes() != 0) return;
  const bool is_whole = log.count(Severity::kDamaged) == 0;
  log.absorb(slots_.take_strays(), kNoDatabase);
  if (is_whole) log.absorb(slots_.take_counts(), kNoDatabase);
}

std::vector<UsedRecord> FileRecords::used() const {
  std::vector<UsedRecord> records;
  for (const RdbRow* const row : file_.rows) {
    if (row == nullptr) continue;
    const uint64_t offset = used_.first_offset(row->byte);
    if (offset != UsedRecords::kNowhere) records.push_back({row, offset});
  }
  return records;
}

}  // namespace rdbproof
