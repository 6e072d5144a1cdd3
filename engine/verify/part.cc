#include "engine/verify/part.h"

#include "engine/base/stage_times.h"
#include "engine/hash/crc64.h"
#include "engine/rdb/keydb_aux.h"
#include "engine/scan/mapped_frame.h"
#include "engine/verify/slice_decoding.h"

namespace rdbproof {

Part::Part(const FileContext& file, const VerifyOptions& options)
    : file_(file),
      options_(options),
      contents_(options.now_ms),
      log_(options.limits.max_findings),
      records_(file, options.limits.max_findings),
      load_facts_{{}, ServerNeeds(file.valkey_magic, options.now_ms), {}} {}

void Part::eat(const Frame& frame, KeyWorkers& workers) {
  const InStage stage(Stage::kDecoding, frame.bytes.size());
  begin(workers);
  RecordDecoder decoder(file_, *this);
  auto next = frame.findings.begin();
  const auto add_findings_before = [&](uint64_t offset) {
    for (; next != frame.findings.end() && next->lost_from < offset; ++next) {
      Finding finding = *next;
      finding.database = database_;
      load_facts_.add_gap(finding);
      log_.add(std::move(finding));
    }
  };
  visit_records(frame, [&](Bytes records, uint64_t offset) {
    add_findings_before(offset);
    decoder.decode(records, offset);
  });
  add_findings_before(UINT64_MAX);
  finish(frame, decoder);
}

std::optional<ReadRun> Part::eat_records(Bytes rest, uint64_t offset, uint64_t stop,
                                         KeyWorkers& workers) {
  const InStage stage(Stage::kDecoding, stop - offset);
  begin(workers);
  RecordDecoder decoder(file_, *this);
  const std::optional<uint64_t> end = decoder.decode_to(rest, offset, stop);
  if (!end) {
    workers.names.take();
    if (workers.records) workers.records->take();
    workers.digester.take_sums();
    return std::nullopt;
  }
  const Bytes records = rest.substr(0, *end - offset);
  finish({records, offset, true, std::make_shared<MappedFrame>(records)}, decoder);
  return ReadRun{offset, *end, decoder.ended(), offset + rest.size()};
}

void Part::begin(KeyWorkers& workers) {
  workers_ = &workers;
  if (options_.leave_out != nullptr) kept_.emplace(*options_.leave_out);
}

void Part::finish(const Frame& frame, const RecordDecoder& decoder) {
  {
    const InStage stage(Stage::kChecksum, frame.bytes.size());
    crc_ = crc64(crc_, frame.bytes);
  }
  crc_bytes_ += frame.bytes.size();
  load_facts_.used.merge(decoder.used());
  records_.use(decoder.used());
  if (kept_) kept_bytes_ = kept_->copy_from(frame);
  if (!repeated_.empty()) locate_repeated_members(file_, frame, repeated_, log_);
  names_ = workers_->names.take();
  if (workers_->records) key_records_ = workers_->records->take();
  take_digest();
}

void Part::absorb(Part&& next, std::string& rows) {
  if (options_.rows != nullptr) next.rows_.render(*options_.rows, database_, rows);
  crc_ = crc64_combine(crc_, next.crc_, next.crc_bytes_);
  crc_bytes_ += next.crc_bytes_;
  contents_.absorb(next.contents_);
  log_.absorb(std::move(next.log_), database_);
  records_.absorb(std::move(next.records_), database_);
  saw_keydb_ |= next.saw_keydb_;
  load_facts_.absorb(next.load_facts_);
  if (next.database_ != kNoDatabase) database_ = next.database_;
}

void Part::select_database(uint64_t database) {
  take_digest();
  database_ = database;
  contents_.select_database(database);
  if (options_.rows != nullptr) rows_.select_database(database);
  records_.select_database(database);
  load_facts_.needs.select_database(database);
}

// Of the keys since the last call, which are all in the current database.
void Part::take_digest() {
  if (workers_ == nullptr || !options_.redis_digest) return;
  const DigestSums sums = workers_->digester.take_sums();
  if (sums.keys != 0) contents_.digest.current().merge(sums);
}

void Part::begin_key(const Key& key) {
  ++keys_begun_;
  saw_keydb_ |= key.type == ValueType::kCron;
  records_.begin_key(key);
  load_facts_.needs.begin_key(key);
  workers_->fast.begin_key(key);
  if (options_.evidence) workers_->evidence.begin_key(key);
  if (!options_.redis_digest) return;
  workers_->digester.begin(key, true);
  if (options_.rows != nullptr) workers_->row_digester.begin(key, false);
}

void Part::elements(const Key& key, std::span<const Element> batch) {
  load_facts_.needs.elements(batch);
  const InStage stage(Stage::kHashing);
  workers_->fast.elements(key, batch);
  if (options_.evidence) workers_->evidence.elements(key, batch);
  if (!options_.redis_digest) return;
  workers_->digester.add(batch);
  if (options_.rows != nullptr) workers_->row_digester.add(batch);
}

// The other algorithms need the elements in one go, or are slow enough without.
bool Part::take_slices(const Key& key, SlicedValue& value) {
  if (options_.threads == 1 || options_.evidence || options_.redis_digest) return false;
  if (decode_slices(value, workers_->member_storage, workers_->profile, workers_->fast.value()))
    return true;
  workers_->fast.begin_key(key);
  return false;
}

void Part::end_key(const Key& key, const ValueSummary& value) {
  const InStage stage(Stage::kHashing);
  if (const auto repeated = workers_->fast.repeated_member()) {
    Finding finding{Code::kDuplicateMember, key.offset, database_, true, std::string(key.name), {}};
    finding.lost_from = key.offset;
    finding.lost_bytes = value.end_offset - key.offset;
    if (log_.add(std::move(finding))) {
      repeated_.push_back({keys_begun_, *repeated, log_.findings().size() - 1});
    }
    return;
  }
  if (const auto& failure = workers_->fast.member_failure()) {
    log_.add(
        {Code::kDuplicatesUnchecked, key.offset, database_, true, std::string(key.name), *failure});
  }
  if (kept_ && !kept_->add_key(key, value)) return;
  contents_.keyspace.add(key, value);
  load_facts_.needs.end_key(key, value);
  const KeyFingerprint fingerprint = workers_->fast.finish(key, value);
  contents_.fast.current().add(fingerprint);
  if (options_.each_key) fingerprints_.emplace_back(fingerprint, database_);
  if (workers_->records) {
    workers_->records->add(key, fingerprint, database_);
  } else {
    workers_->names.add(fingerprint.name_hash, database_);
  }
  KeyEvidence evidence;
  if (options_.evidence) {
    evidence = workers_->evidence.finish(key, value);
    contents_.evidence.current().add(evidence);
  }
  if (options_.redis_digest) workers_->digester.finish_later(key);
  if (options_.rows == nullptr) return;
  add_row(key, value, options_.evidence ? render_key(evidence) : render_key(fingerprint));
}

void Part::add_row(const Key& key, const ValueSummary& value, const FingerprintText& fingerprint) {
  KeyDigests digests;
  if (options_.redis_digest) digests = workers_->row_digester.finish(key);
  rows_.add(*options_.rows, {key, value, fingerprint, options_.redis_digest ? &digests : nullptr});
}

void Part::aux(Bytes name, Bytes value) {
  if (is_keydb_name(name)) {
    saw_keydb_ = true;
    is_about_key_ = true;
    return;
  }
  records_.aux(name, value);
}

void Part::other_record(const OtherRecord& record) {
  records_.place(record);
  load_facts_.needs.place(record);
  // What KeyDB says about a key in AUX fields is part of the key's record, or of none.
  if (kept_ && !is_about_key_) kept_->add_other(record);
  is_about_key_ = false;
}

void Part::finding(Finding finding) {
  log_.add(std::move(finding));
}

}  // namespace rdbproof
