#include "engine/verify/key_records.h"

#include <array>
#include <new>
#include <utility>

#include "engine/verify/key_index.h"

namespace rdbproof {
namespace {

uint64_t high_database_bits(uint64_t database) {
  return static_cast<uint64_t>(database_bits(database) >> 64);
}

void flip_database(KeyRecord& record, uint64_t bits, uint16_t slot) {
  record.name_high ^= bits;
  record.database_slot = slot;
}

}  // namespace

void name_database(KeyRecord& record, uint64_t database, uint16_t slot) {
  flip_database(record, high_database_bits(database), slot);
}

KeyRecord make_key_record(const Key& key, const KeyFingerprint& fingerprint, KeySlots& slots) {
  KeyRecord record;
  record.name_high = static_cast<uint64_t>(fingerprint.name_hash >> 64);
  record.name_low = static_cast<uint64_t>(fingerprint.name_hash);
  record.content = static_cast<uint64_t>(fingerprint.content);
  record.members = static_cast<uint64_t>(fingerprint.content >> 64) ^
                   static_cast<uint64_t>(fingerprint.member_expiry);
  if (key.has_expiry) {
    record.expire_at_ms = key.expire_at_ms;
    record.flags = KeyRecord::kHasExpiry;
  }
  record.type_slot = slots.type_slot(key.type, key.module_type);
  return record;
}

KeySlots::KeySlots() : types_(kValueTypeNames.begin(), kValueTypeNames.end()) {}

uint16_t KeySlots::database_slot(uint64_t database) {
  const std::lock_guard lock(mutex_);
  const auto next = static_cast<uint16_t>(databases_.size());
  if (next == kMostDatabases) {
    const auto found = slot_of_database_.find(database);
    if (found != slot_of_database_.end()) return found->second;
    has_overflowed_ = true;
    return kMostDatabases - 1;
  }
  const auto [place, is_new] = slot_of_database_.emplace(database, next);
  if (is_new) databases_.push_back(database);
  return place->second;
}

uint16_t KeySlots::module_slot(std::string_view module_type) {
  const std::lock_guard lock(mutex_);
  const auto found = slot_of_type_.find(module_type);
  if (found != slot_of_type_.end()) return found->second;
  if (types_.size() == kMostTypes) return kMostTypes - 1;
  const auto slot = static_cast<uint16_t>(types_.size());
  types_.emplace_back(module_type);
  slot_of_type_.emplace(module_type, slot);
  return slot;
}

uint64_t KeySlots::database(uint16_t slot) const {
  const std::lock_guard lock(mutex_);
  return databases_[slot];
}

std::string KeySlots::type_name(uint16_t slot) const {
  const std::lock_guard lock(mutex_);
  return types_[slot];
}

KeyRecordRun::KeyRecordRun(std::span<const KeyRecord> records, Slabs& slabs)
    : size_(records.size()), memory_(slabs.allocate(bytes())) {
  records_ = new (memory_.get()) KeyRecord[size_];
  ends_ = new (memory_.get() + size_ * sizeof(KeyRecord)) uint32_t[kKeyBuckets + 1];
  std::array<uint32_t, kKeyBuckets> next{};
  for (const KeyRecord& record : records) ++next[key_bucket(record.name_high)];
  uint32_t end = 0;
  for (size_t i = 0; i < kKeyBuckets; ++i) {
    ends_[i] = end;
    end += std::exchange(next[i], end);
  }
  ends_[kKeyBuckets] = end;
  for (const KeyRecord& record : records) records_[next[key_bucket(record.name_high)]++] = record;
}

void KeyRecordRun::name_database(uint64_t database, uint16_t slot) {
  change_ ^= high_database_bits(database);
  database_slot_ = slot;
}

void KeyRecordRun::copy(size_t bucket, std::vector<KeyRecord>& out) const {
  const size_t stored = stored_bucket(bucket);
  const size_t begin = out.size();
  out.insert(out.end(), records_ + ends_[stored], records_ + ends_[stored + 1]);
  for (size_t i = begin; i < out.size(); ++i) {
    out[i].place += distance_;
    if (database_slot_) flip_database(out[i], change_, *database_slot_);
  }
}

bool KeyRecordBatch::is_empty() const {
  return runs.empty() && few.empty() && nameless_runs.empty() && nameless_few.empty();
}

void KeyRecordBatch::name_database(uint64_t database, uint16_t slot) {
  for (KeyRecordRun& run : nameless_runs) {
    run.name_database(database, slot);
    runs.push_back(std::move(run));
  }
  for (KeyRecord& record : nameless_few) {
    rdbproof::name_database(record, database, slot);
    few.push_back(record);
  }
  nameless_runs.clear();
  nameless_few.clear();
}

void KeyRecordCollector::select(uint64_t database) {
  database_ = database;
  if (database == kNoDatabase) return;
  wants_database_ = sink_.wants_database(database);
  database_slot_ = sink_.slots().database_slot(database);
  database_bits_ = high_database_bits(database);
}

void KeyRecordCollector::add(const Key& key, const KeyFingerprint& fingerprint, uint64_t database) {
  if (database != database_) select(database);
  if (database != kNoDatabase && !wants_database_) return;
  if (!sink_.wants_key(key)) return;
  KeyRecord record = make_key_record(key, fingerprint, sink_.slots());
  record.place = key.offset;
  if (sink_.keeps_names()) {
    record.place = batch_.names.size();
    append_kept_name(batch_.names, key.name);
  }
  std::vector<KeyRecord>* records = &nameless_;
  if (database != kNoDatabase) {
    flip_database(record, database_bits_, database_slot_);
    records = &records_;
  }
  records->push_back(record);
  if (records->size() < kMostInRun) return;
  (records == &records_ ? batch_.runs : batch_.nameless_runs).emplace_back(*records, slabs_);
  records->clear();
}

void KeyRecordCollector::seal_rest(std::vector<KeyRecord>& records, std::vector<KeyRecordRun>& runs,
                                   std::vector<KeyRecord>& few) {
  if (records.size() >= kFewestInRun) {
    runs.emplace_back(records, slabs_);
  } else {
    few.assign(records.begin(), records.end());
  }
  records.clear();
}

KeyRecordBatch KeyRecordCollector::take() {
  seal_rest(records_, batch_.runs, batch_.few);
  seal_rest(nameless_, batch_.nameless_runs, batch_.nameless_few);
  database_ = kNoDatabase;
  return std::exchange(batch_, KeyRecordBatch());
}

void append_kept_name(std::string& names, Bytes name) {
  const uint64_t size = name.size();
  names.append(reinterpret_cast<const char*>(&size), sizeof size);
  names.append(name);
}

}  // namespace rdbproof
