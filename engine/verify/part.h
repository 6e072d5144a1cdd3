// What one frame contributes to a report: the accumulators, fed by one decoder.
#pragma once

#include <memory>
#include <optional>

#include "engine/rdb/record_decoder.h"
#include "engine/scan/chunk_reader.h"
#include "engine/scan/frame.h"
#include "engine/scan/stage_profile.h"
#include "engine/verify/file_records.h"
#include "engine/verify/kept_records.h"
#include "engine/verify/key_index.h"
#include "engine/verify/load_prediction.h"
#include "engine/verify/repeated_members.h"
#include "engine/verify/verify.h"

namespace rdbproof {

// What works on one key at a time, with memory that it keeps from key to key. One a thread.
struct KeyWorkers {
  // All must outlive this; pointers may be null.
  KeyWorkers(const FileContext& file, const MarkStorage& members, KeyRecordSink* record_sink,
             StageProfile* profile_of_run)
      : fast(members),
        member_storage(members),
        profile(profile_of_run),
        digester(file.dialect != Dialect::kValkey),
        row_digester(file.dialect != Dialect::kValkey) {
    if (record_sink != nullptr) records.emplace(*record_sink);
  }

  FastKeys fast;
  const MarkStorage& member_storage;
  StageProfile* profile;
  KeyNameCollector names;
  std::optional<KeyRecordCollector> records;  // instead of the names
  EvidenceKeys evidence;
  KeyDigester digester;      // for the digest of the data set
  KeyDigester row_digester;  // for that of the value alone
};

class Part final : public EventSink {
 public:
  explicit Part(const FileContext& file, const VerifyOptions& options);

  // Decodes `frame` into this part, with the workers of the calling thread.
  void eat(const Frame& frame, KeyWorkers& workers);
  // The same for the records at the front of `rest`, which is mapped and at `offset` in its file,
  // up to the first end of one at or behind `stop`. Absent: there are none with frames, forget the
  // part.
  std::optional<ReadRun> eat_records(Bytes rest, uint64_t offset, uint64_t stop,
                                     KeyWorkers& workers);

  // Appends what follows in the file; gives the rows of `next` to `rows`, if there are any.
  void absorb(Part&& next, std::string& rows);

  // EventSink
  void select_database(uint64_t database) override;
  void begin_key(const Key& key) override;
  void elements(const Key& key, std::span<const Element> batch) override;
  bool take_slices(const Key& key, SlicedValue& value) override;
  void end_key(const Key& key, const ValueSummary& value) override;
  void drop_key(const Key& key) override { records_.drop_key(key); }
  void aux(Bytes name, Bytes value) override;
  void function(Bytes source) override { records_.function(source); }
  void resize_hint(uint64_t keys, uint64_t expires) override {
    records_.resize_hint(keys, expires);
  }
  void slot_info(const SlotInfo& slot) override { records_.slot_info(slot); }
  void other_record(const OtherRecord& record) override;
  void needs_module(ModulePart part, std::string_view name, uint64_t offset) override {
    load_facts_.needs.needs_module(part, name, offset);
  }
  void finding(Finding finding) override;

  uint64_t crc() const { return crc_; }
  uint64_t crc_bytes() const { return crc_bytes_; }
  Contents& contents() { return contents_; }
  FindingLog& log() { return log_; }
  FileRecords& records() { return records_; }
  bool saw_keydb() const { return saw_keydb_; }
  LoadFacts& load_facts() { return load_facts_; }
  KeyNames& names() { return names_; }
  KeyRecordBatch& records_of_keys() { return key_records_; }
  // Of VerifyOptions::each_key, with kNoDatabase before the part's first one.
  const std::vector<std::pair<KeyFingerprint, uint64_t>>& fingerprints() const {
    return fingerprints_;
  }
  // Of VerifyOptions::write_records.
  const std::string& kept_bytes() const { return kept_bytes_; }
  // The database that keys after this part are in.
  uint64_t database() const { return database_; }

 private:
  void begin(KeyWorkers& workers);
  void finish(const Frame& frame, const RecordDecoder& decoder);
  void take_digest();
  void add_row(const Key& key, const ValueSummary& value, const FingerprintText& fingerprint);

  const FileContext& file_;
  const VerifyOptions& options_;
  Contents contents_;
  FindingLog log_;
  FileRecords records_;
  uint64_t crc_ = 0;
  uint64_t crc_bytes_ = 0;
  bool saw_keydb_ = false;
  LoadFacts load_facts_;
  uint64_t database_ = kNoDatabase;  // the current one, as far as this part knows

  KeyWorkers* workers_ = nullptr;  // while eating
  uint64_t keys_begun_ = 0;
  std::vector<RepeatedMember> repeated_;
  KeyRows rows_;
  KeyNames names_;
  KeyRecordBatch key_records_;
  std::vector<std::pair<KeyFingerprint, uint64_t>> fingerprints_;
  bool is_about_key_ = false;        // the AUX field just read
  std::optional<KeptRecords> kept_;  // while eating, if they are wanted
  std::string kept_bytes_;
};

}  // namespace rdbproof
