// What is kept of each key to compare two data sets: the same few bytes for a key of any size.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/base/slabs.h"
#include "engine/fingerprint/fast_fingerprint.h"
#include "engine/model/event.h"

namespace rdbproof {

// Small numbers for the databases and the types of values of a run. Thread-safe.
class KeySlots {
 public:
  // Above what a report takes (Contents::kMostDatabases) all share the last one: see
  // has_overflowed().
  static constexpr uint16_t kMostDatabases = 20'000;
  // Module types beyond that share the last one. Their values still differ.
  static constexpr uint16_t kMostTypes = 4096;

  KeySlots();
  uint16_t database_slot(uint64_t database);
  // Whether databases share a slot. Not while others ask for slots.
  bool has_overflowed() const { return has_overflowed_; }
  // `module_type` is empty but for module values.
  uint16_t type_slot(ValueType type, std::string_view module_type) {
    return module_type.empty() ? static_cast<uint16_t>(type) : module_slot(module_type);
  }

  uint64_t database(uint16_t slot) const;
  std::string type_name(uint16_t slot) const;

 private:
  uint16_t module_slot(std::string_view module_type);

  bool has_overflowed_ = false;
  mutable std::mutex mutex_;
  std::map<uint64_t, uint16_t> slot_of_database_;
  std::vector<uint64_t> databases_;
  std::map<std::string, uint16_t, std::less<>> slot_of_type_;
  std::vector<std::string> types_;
};

struct KeyRecord {
  static constexpr uint16_t kHasExpiry = 1;
  static constexpr uint16_t kNoPlace = 2;  // of a key that came later

  // The hash of the name, with the bits of its database (database_bits) flipped.
  uint64_t name_high = 0;
  uint64_t name_low = 0;
  uint64_t content = 0;  // low half of the fingerprint without expiry
  // Its high half, changed by the expiry of members.
  uint64_t members = 0;
  int64_t expire_at_ms = 0;  // of the key; 0 without one
  uint64_t place = 0;        // where the key is read again
  uint16_t database_slot = 0;
  uint16_t type_slot = 0;
  uint16_t flags = 0;
  uint16_t unused = 0;

  bool has_expiry() const { return (flags & kHasExpiry) != 0; }
  bool has_name_of(const KeyRecord& other) const {
    return name_high == other.name_high && name_low == other.name_low;
  }
};
static_assert(sizeof(KeyRecord) == 56);

// Without database and place.
KeyRecord make_key_record(const Key& key, const KeyFingerprint& fingerprint, KeySlots& slots);
// Completes one that was made without its database.
void name_database(KeyRecord& record, uint64_t database, uint16_t slot);

// By the highest bits of the name: the same key is in the same bucket on both sides.
inline constexpr size_t kKeyBuckets = 512;
inline size_t key_bucket(uint64_t name_high) {
  return static_cast<size_t>(name_high >> 55);
}

// Keys of a part, sorted into buckets.
class KeyRecordRun {
 public:
  KeyRecordRun(std::span<const KeyRecord> records, Slabs& slabs);

  size_t size() const { return size_; }
  // Of memory.
  uint64_t bytes() const { return size_ * sizeof(KeyRecord) + kEndsBytes; }

  // For records that were made without their database.
  void name_database(uint64_t database, uint16_t slot);
  // Adds to all places.
  void move_places(uint64_t distance) { distance_ += distance; }

  size_t count(size_t bucket) const {
    const size_t stored = stored_bucket(bucket);
    return ends_[stored + 1] - ends_[stored];
  }
  // Appends the records of the bucket.
  void copy(size_t bucket, std::vector<KeyRecord>& out) const;

 private:
  static constexpr size_t kEndsBytes = (kKeyBuckets + 1) * sizeof(uint32_t);
  size_t stored_bucket(size_t bucket) const { return bucket ^ key_bucket(change_); }

  size_t size_;
  uint64_t change_ = 0;
  std::optional<uint16_t> database_slot_;
  uint64_t distance_ = 0;
  std::shared_ptr<char> memory_;
  uint32_t* ends_;
  KeyRecord* records_;
};

// The keys of one part, in runs and, where they are too few for one, as they are.
struct KeyRecordBatch {
  std::vector<KeyRecordRun> runs;
  std::vector<KeyRecord> few;
  // Those before the part's first database. Their names lack its bits.
  std::vector<KeyRecordRun> nameless_runs;
  std::vector<KeyRecord> nameless_few;
  std::string names;  // of the keys in it, if they are kept; places are in here

  bool is_empty() const;
  void name_database(uint64_t database, uint16_t slot);
};

// Takes the keys of a source, part by part, in its order and one call at a time. An error stops the
// run.
class KeyRecordSink {
 public:
  virtual ~KeyRecordSink() = default;
  virtual Result<void> take(KeyRecordBatch&& batch) = 0;
  virtual KeySlots& slots() = 0;
  // Whether places are to be those of names that are kept, and not offsets in the source.
  virtual bool keeps_names() const { return false; }
  // Which keys are taken: by name and type, on any thread; and by database.
  virtual bool wants_key(const Key& /*key*/) const { return true; }
  virtual bool wants_database(uint64_t /*database*/) const { return true; }
};

// Makes the records of part after part. One a thread.
class KeyRecordCollector {
 public:
  explicit KeyRecordCollector(KeyRecordSink& sink) : sink_(sink) {}

  // `database` is kNoDatabase before the part's first one.
  void add(const Key& key, const KeyFingerprint& fingerprint, uint64_t database);
  // What was added since the last call.
  KeyRecordBatch take();

 private:
  static constexpr size_t kMostInRun = size_t{1} << 14;
  static constexpr size_t kFewestInRun = 1024;

  void seal_rest(std::vector<KeyRecord>& records, std::vector<KeyRecordRun>& runs,
                 std::vector<KeyRecord>& few);
  void select(uint64_t database);

  KeyRecordSink& sink_;
  Slabs slabs_;
  KeyRecordBatch batch_;
  std::vector<KeyRecord> records_;
  std::vector<KeyRecord> nameless_;
  uint64_t database_ = kNoDatabase;
  uint16_t database_slot_ = 0;
  uint64_t database_bits_ = 0;
  bool wants_database_ = true;
};

// A name in KeyRecordBatch::names, at the place of its key: length (8 bytes) and bytes.
void append_kept_name(std::string& names, Bytes name);

}  // namespace rdbproof
