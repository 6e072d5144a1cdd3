// Verifies one source: is it sound, what is in it, which fingerprint does it have.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/limits.h"
#include "engine/base/result.h"
#include "engine/base/stage_times.h"
#include "engine/fingerprint/evidence.h"
#include "engine/fingerprint/fast_fingerprint.h"
#include "engine/fingerprint/redis_digest.h"
#include "engine/io/server_source.h"
#include "engine/model/by_database.h"
#include "engine/rdb/file_context.h"
#include "engine/scan/chunk_reader.h"
#include "engine/stats/keyspace.h"
#include "engine/target/prediction.h"
#include "engine/verify/file_records.h"
#include "engine/verify/finding_log.h"
#include "engine/verify/key_records.h"
#include "engine/verify/key_rows.h"

namespace rdbproof {

struct VerifyOptions {
  unsigned threads = 1;
  uint64_t frame_bytes = uint64_t{1} << 20;  // aim; a frame ends with a whole record
  bool redis_digest = false;
  bool evidence = false;  // the fingerprint that withstands an adversary
  int64_t now_ms = 0;     // the present, for what has expired
  // Whether to tell if a server would load it: `target`, or the one that wrote the file.
  bool predict_load = false;
  std::optional<Target> target;
  Limits limits;
  std::string temp_dir;  // for what does not fit into memory; empty: $TMPDIR, or /var/tmp
  // Called now and then, from one thread at a time: bytes of the file used so far.
  std::function<void(uint64_t done)> progress;
  bool profile = false;  // whether to find out where the time goes
  // If set, one line a key, in the order of the file, with its fingerprint.
  const KeyRowFormat* rows = nullptr;
  // Takes the lines, one call at a time. An error stops the run.
  std::function<Result<void>(const std::string& lines)> write_rows;
  // If set, records that are intact go to write_records() as they stand in the file, in its order,
  // but none that contains one of these places (ascending offsets). Keys in those do not count
  // then.
  const std::vector<uint64_t>* leave_out = nullptr;
  std::function<Result<void>(const std::string& records)> write_records;
  // The server that an address names, which must outlive the run; null for a file. May be empty:
  // there are no servers then.
  std::function<ServerSource*(const std::string& source)> find_server;
  // If set, gets each key's fingerprint and database, in the order of the file, one at a time.
  std::function<void(const KeyFingerprint&, uint64_t database)> each_key;
  // If set, takes a record of each key. Who compares these finds keys that occur twice, which are
  // not looked for then.
  KeyRecordSink* key_records = nullptr;
};

enum class ChecksumStatus : uint8_t { kMatch, kMismatch, kDisabled, kAbsent };

std::string_view checksum_status_name(ChecksumStatus status);

struct Checksum {
  ChecksumStatus status = ChecksumStatus::kAbsent;
  uint64_t stored = 0;
  uint64_t computed = 0;  // over what was read
};

// What a data set amounts to. Addable over the files of a data set.
struct Contents {
  // More databases with keys than any server has been seen to have would only take memory.
  static constexpr size_t kMostDatabases = 10'000;

  explicit Contents(int64_t present_ms) : now_ms(present_ms), keyspace(present_ms) {}

  int64_t now_ms;
  bool gave_up = false;  // there were more: the rest means nothing
  Keyspace keyspace;
  ByDatabase<FastSums> fast;
  ByDatabase<EvidenceSums> evidence;
  ByDatabase<DigestSums> digest;

  void select_database(uint64_t database);
  // Appends what follows in the same file.
  void absorb(const Contents& next);
  // Adds another file.
  void merge(const Contents& other);
  // The fingerprint in the algorithm asked for.
  FingerprintText fingerprint(bool evidence_wanted) const;

 private:
  void give_up_on_too_many();
};

struct SourceReport {
  explicit SourceReport(const VerifyOptions& options)
      : log(options.limits.max_findings), contents(options.now_ms) {}

  std::string source;
  std::string sha256;          // of the file as it is stored, in hex; empty if nobody asked
  std::optional<Error> error;  // the job could not be done; nothing else is set then
  std::string_view compression;
  std::optional<ServerFacts> server;  // a live one was read, not a file
  bool has_header = false;            // dialect and version are known
  Dialect dialect = Dialect::kRedis;
  uint32_t rdb_version = 0;
  uint64_t bytes = 0;  // of the RDB data, after decompression
  Verdict verdict = Verdict::kOk;
  Checksum checksum;
  FindingLog log;
  AuxFields aux;
  uint64_t functions = 0;
  std::map<std::string, Uint128> function_sources;  // by library, the hash of its source
  // By first byte.
  std::vector<UsedRecord> used_records;
  // Absent if no record names one: keys are in 0 then. Whether it has any, the keyspace says.
  std::optional<SelectedDatabase> highest_database;
  Contents contents;
  std::optional<Prediction> load;
  SeamCounts seams;   // of a mapped file
  StageTimes stages;  // of all threads, if the options say so
  double seconds = 0;

  // Whether all that is in it was read. What servers refuse may still have been.
  bool is_whole() const;
};

// Reads `path` ("-": standard input) to its end. Errors are in the report.
SourceReport verify_source(const std::string& path, const VerifyOptions& options);

}  // namespace rdbproof
