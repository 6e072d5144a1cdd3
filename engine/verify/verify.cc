#include "engine/verify/verify.h"

#include <tbb/enumerable_thread_specific.h>

#include <chrono>

#include "engine/io/input.h"
#include "engine/scan/pipeline.h"
#include "engine/verify/header_hint.h"
#include "engine/verify/load_prediction.h"
#include "engine/verify/mark_memory.h"
#include "engine/verify/part.h"
#include "engine/verify/repeated_keys.h"

namespace rdbproof {
namespace {

// One run over one source.
class Verification {
 public:
  Verification(const std::string& path, const VerifyOptions& options)
      : options_(options), report_(options), profile_(options.profile) {
    report_.source = path;
  }

  SourceReport run() {
    const auto begin = std::chrono::steady_clock::now();
    const Result<void> done = read();
    if (!done) report_.error = done.error();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    report_.seconds = elapsed.count();
    report_.stages = profile_.times();
    report_.verdict = report_.error ? Verdict::kUnsupported : verdict_of(report_.log);
    return std::move(report_);
  }

 private:
  Result<void> read() {
    if (options_.find_server) server_ = options_.find_server(report_.source);
    TRY(Input input,
        server_ != nullptr
            ? open_server(*server_)
            : open_input(report_.source, options_.limits.max_decompressed_bytes, options_.threads));
    input.temp_dir = options_.temp_dir;
    report_.compression = compression_name(input.compression);
    FrameCutter cutter(input, options_.frame_bytes);
    TRY(const bool readable, cutter.open(options_.limits));
    if (readable) {
      TRY_VOID(scan(input, cutter));
    }
    add_file_findings(cutter.summary());
    // Of a file that is refused for its first bytes, the rest was not even looked at.
    if (!readable && input.compression == Compression::kNone && input.file_bytes) {
      report_.bytes = *input.file_bytes;
    }
    if (records_) {
      records_->check(report_.contents.keyspace, report_.dialect, options_.now_ms, report_.log);
      report_.aux = records_->take_aux();
    }
    if (server_ != nullptr) {
      add_facts(server_->facts());
      return {};
    }
    predict_load(report_, options_, readable ? &cutter.file() : nullptr, load_facts_);
    if (input.mapped) return input.mapped->check_unchanged();
    return {};
  }

  Result<Input> open_server(ServerSource& server) const {
    Input input;
    input.name = report_.source;
    input.memory_bytes = options_.limits.max_decompressed_bytes;
    TRY(input.stream, server.open());
    return input;
  }

  void add_facts(ServerFacts facts) {
    for (const ServerFacts::Unreadable& key : facts.unreadable) {
      report_.log.add({Code::kUnsupportedValue, 0, key.database, true, key.name, key.why});
    }
    if (facts.unreadable_total > facts.unreadable.size()) {
      report_.log.count_more(Code::kUnsupportedValue,
                             facts.unreadable_total - facts.unreadable.size());
    }
    report_.server = std::move(facts);
  }

  Result<void> scan(Input& input, FrameCutter& cutter) {
    const FileContext& file = cutter.file();
    report_.has_header = true;
    report_.rdb_version = file.version;
    report_.dialect = file.dialect;
    Part whole(file, options_);
    MarkMemory memory(options_, !input.mapped);
    whole.select_database(0);  // where keys go before any database was named
    tbb::enumerable_thread_specific<KeyWorkers> workers(
        [&] { return KeyWorkers(file, memory.storage(), options_.key_records, &profile_); });
    const auto work = [&](const Frame& frame) {
      auto part = std::make_unique<Part>(file, options_);
      part->eat(frame, workers.local());
      return part;
    };
    const auto read = [&](Bytes rest, uint64_t offset, uint64_t stop, std::unique_ptr<Part>& part) {
      part = std::make_unique<Part>(file, options_);
      return part->eat_records(rest, offset, stop, workers.local());
    };
    std::optional<Error> write_error;
    KeyIndex index(memory.storage());
    const auto note = [&](const Result<void>& written) {
      if (!written) write_error = written.error();
    };
    const auto consume = [&](std::unique_ptr<Part> part) {
      std::string rows;
      index.absorb(std::move(part->names()), whole.database());
      const auto write = [&](const auto& writer, const std::string& text) {
        if (!text.empty() && !write_error) note(writer(text));
      };
      write(options_.write_records, part->kept_bytes());
      for (const auto& [fingerprint, database] : part->fingerprints()) {
        options_.each_key(fingerprint, database == kNoDatabase ? whole.database() : database);
      }
      if (options_.key_records != nullptr && !write_error) {
        note(give_records(std::move(part->records_of_keys()), whole.database()));
      }
      whole.absorb(std::move(*part), rows);
      write(options_.write_rows, rows);
    };
    const PipelineOptions pipeline{options_.threads, options_.progress, &profile_};
    if (input.mapped) {
      TRY(const std::optional<Frame> header, cutter.next());
      consume(work(*header));
      ChunkReader chunks(file, input.mapped->bytes(), header->bytes.size(), options_.frame_bytes);
      run_chunks(chunks, pipeline, read, work, consume);
      report_.seams = chunks.seams();
      TRY_VOID(cutter.resume_at(chunks.proven(), chunks.at_end()));
    }
    TRY_VOID(run_pipeline(cutter, pipeline, work, consume));
    if (write_error) return tl::unexpected(*write_error);
    workers.clear();
    if (whole.contents().gave_up) {
      return fail(display_name(report_.source) + ": more than " +
                  std::to_string(Contents::kMostDatabases) + " databases hold keys");
    }
    take_over(whole, file, cutter.summary());
    return check_repeated(input, index);
  }

  // `database` is that of the keys before the part's first one.
  Result<void> give_records(KeyRecordBatch&& batch, uint64_t database) {
    KeyRecordSink& sink = *options_.key_records;
    if (sink.wants_database(database)) {
      batch.name_database(database, sink.slots().database_slot(database));
    } else {
      batch.nameless_runs.clear();
      batch.nameless_few.clear();
    }
    return batch.is_empty() ? Result<void>() : sink.take(std::move(batch));
  }

  // Only a mapped file can be read again to name the keys.
  Result<void> check_repeated(Input& input, KeyIndex& index) {
    Repetitions repeated;
    {
      const StageClock::Use use(profile_.clock());
      const InStage stage(Stage::kComparing);
      repeated = index.find_repeated(options_.threads);
    }
    if (index.failure()) add(Code::kDuplicatesUnchecked, 0, *index.failure());
    if (repeated.total() == 0) return {};
    if (server_ != nullptr && server_->facts().is_scanned) {
      add(Code::kScannedTwice, 0, std::to_string(repeated.total()) + " keys");
      return {};
    }
    if (!input.mapped) {
      add(Code::kDuplicateKey, 0, "read the file, not a stream, to have them named");
      report_.log.count_more(Code::kDuplicateKey, repeated.total() - 1);
      return {};
    }
    TRY(FindingLog found, find_repeated_keys(input, options_, repeated));
    report_.log.absorb(std::move(found), kNoDatabase);
    return {};
  }

  void take_over(Part& whole, const FileContext& file, const CutSummary& summary) {
    report_.log = std::move(whole.log());
    records_.emplace(std::move(whole.records()));
    report_.functions = records_->functions();
    report_.function_sources = records_->function_sources();
    report_.used_records = records_->used();
    report_.highest_database = records_->highest_database();
    report_.contents = std::move(whole.contents());
    if (whole.saw_keydb() && report_.dialect == Dialect::kRedis) report_.dialect = Dialect::kKeyDb;
    load_facts_ = std::move(whole.load_facts());
    check_checksum(whole, file, summary);
  }

  void check_checksum(const Part& whole, const FileContext& file, const CutSummary& summary) {
    Checksum& checksum = report_.checksum;
    const uint64_t computed = whole.crc();
    checksum.computed = computed;
    if (!summary.stored_checksum) {
      if (report_.rdb_version < kFirstVersionWithChecksum)
        add(Code::kChecksumAbsent, summary.total_bytes);
      if (!summary.unexpected_footer) return;
      const auto version =
          version_for_checksum(file, computed, whole.crc_bytes(), *summary.unexpected_footer);
      tail_hint_ = version ? "; they are the checksum of this file as version " +
                                 std::to_string(*version) + ": the header is damaged"
                           : "; as long as a checksum, so the version may be damaged";
      return;
    }
    checksum.stored = *summary.stored_checksum;
    if (checksum.stored == 0) {
      checksum.status = ChecksumStatus::kDisabled;
      // Dragonfly never computes one.
      add(Code::kChecksumDisabled, summary.total_bytes);
    } else if (checksum.stored == computed) {
      checksum.status = ChecksumStatus::kMatch;
    } else {
      checksum.status = ChecksumStatus::kMismatch;
      const auto version = version_for_checksum(file, computed, whole.crc_bytes(), checksum.stored);
      add(Code::kChecksumMismatch, summary.total_bytes,
          version ? "it matches if the header names version " + std::to_string(*version) : "");
    }
  }

  void add(Code code, uint64_t offset, std::string detail = {}) {
    report_.log.add({code, offset, kNoDatabase, false, {}, std::move(detail)});
  }

  void add_file_findings(const CutSummary& summary) {
    report_.bytes = summary.total_bytes;
    for (Finding finding : summary.findings) {
      if (finding.lost_bytes != 0) load_facts_.add_gap(finding);
      if (finding.code == Code::kTrailingBytes) finding.detail += tail_hint_;
      report_.log.add(std::move(finding));
    }
  }

  const VerifyOptions& options_;
  ServerSource* server_ = nullptr;  // if the source is one
  SourceReport report_;
  StageProfile profile_;
  std::optional<FileRecords> records_;
  std::string tail_hint_;  // on what the bytes behind the end are
  LoadFacts load_facts_{{}, ServerNeeds(false, 0), {}};
};

}  // namespace

std::string_view checksum_status_name(ChecksumStatus status) {
  switch (status) {
    case ChecksumStatus::kMatch:
      return "match";
    case ChecksumStatus::kMismatch:
      return "mismatch";
    case ChecksumStatus::kDisabled:
      return "disabled";
    case ChecksumStatus::kAbsent:
      return "absent";
  }
  return "unknown";
}

void Contents::give_up_on_too_many() {
  if (keyspace.databases().size() <= kMostDatabases) return;
  *this = Contents(now_ms);
  gave_up = true;
}

void Contents::select_database(uint64_t database) {
  give_up_on_too_many();
  if (gave_up) return;
  keyspace.select_database(database);
  fast.select(database);
  evidence.select(database);
  digest.select(database);
}

void Contents::absorb(const Contents& next) {
  gave_up |= next.gave_up;
  if (gave_up) return;
  keyspace.absorb(next.keyspace);
  fast.absorb(next.fast);
  evidence.absorb(next.evidence);
  digest.absorb(next.digest);
  give_up_on_too_many();
}

void Contents::merge(const Contents& other) {
  keyspace.merge(other.keyspace);
  fast.merge(other.fast);
  evidence.merge(other.evidence);
  digest.merge(other.digest);
}

FingerprintText Contents::fingerprint(bool evidence_wanted) const {
  return evidence_wanted ? render_evidence(evidence.databases()) : render_fast(fast.databases());
}

bool SourceReport::is_whole() const {
  return !error && log.count(Severity::kDamaged) == 0 && log.count(Severity::kUnsupported) == 0 &&
         log.count(Code::kPreReleaseRecord) == 0;
}

SourceReport verify_source(const std::string& path, const VerifyOptions& options) {
  return Verification(path, options).run();
}

}  // namespace rdbproof
