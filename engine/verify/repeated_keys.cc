#include "engine/verify/repeated_keys.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "engine/hash/sha.h"
#include "engine/rdb/record_decoder.h"
#include "engine/scan/pipeline.h"
#include "engine/verify/key_index.h"

namespace rdbproof {
namespace {

// Small, so that frames on their way hold few occurrences where every key is one.
constexpr uint64_t kMostFrameBytes = uint64_t{1} << 14;
// In a part: more than such a frame has, but for compressed blocks. The others are counted only.
constexpr size_t kMostInPart = 8192;

class WantedMarks {
 public:
  explicit WantedMarks(const std::vector<Mark>& marks) : marks_(marks) {
    for (const Mark& mark : marks) lows_.push_back(mark.low());
    std::ranges::sort(lows_);
  }
  size_t size() const { return marks_.size(); }
  bool has(Uint128 name_hash, uint64_t database) const {
    return std::ranges::binary_search(marks_, Mark(name_hash ^ database_bits(database)));
  }
  bool has_in_some_database(Uint128 name_hash) const {
    return std::ranges::binary_search(lows_, Mark(name_hash).low());
  }

 private:
  const std::vector<Mark>& marks_;  // ascending
  std::vector<uint64_t> lows_;
};

struct Occurrence {
  uint64_t offset;
  uint64_t database;  // kNoDatabase before the part's first one
  Uint128 name_hash;
  Sha256 name_digest;
  std::string name;  // as much of it as a finding keeps
};

// The keys of a frame whose mark is wanted; those of an unknown database whose mark could be.
class OccurrencePart final : public EventSink {
 public:
  explicit OccurrencePart(const WantedMarks& wanted) : wanted_(wanted) {}

  void select_database(uint64_t database) override { database_ = database; }
  void end_key(const Key& key, const ValueSummary& /*value*/) override {
    const Uint128 hash = hash128(key.name);
    const bool is_candidate = database_ == kNoDatabase ? wanted_.has_in_some_database(hash)
                                                       : wanted_.has(hash, database_);
    if (!is_candidate || found_.size() == kMostInPart) return;
    found_.push_back({key.offset, database_, hash, sha256(key.name),
                      std::string(key.name.substr(0, FindingLog::kLongestName))});
  }

  uint64_t database() const { return database_; }
  std::vector<Occurrence>& found() { return found_; }

 private:
  const WantedMarks& wanted_;
  uint64_t database_ = kNoDatabase;
  std::vector<Occurrence> found_;
};

// Remembers where each key was first.
class FirstOccurrences {
 public:
  FirstOccurrences(const WantedMarks& wanted, uint64_t most_findings)
      : wanted_(wanted), log_(most_findings) {}

  void add(Occurrence&& occurrence) {
    const auto key = std::make_pair(occurrence.database, occurrence.name_digest);
    const auto first = first_.find(key);
    if (first == first_.end()) {
      if (first_.size() < 2 * wanted_.size()) first_.emplace(key, occurrence.offset);
      return;
    }
    log_.add({Code::kDuplicateKey, occurrence.offset, occurrence.database, true,
              std::move(occurrence.name), "first at offset " + std::to_string(first->second)});
  }
  // Different names have the same mark, which never happens by accident.
  bool are_marks_forged() const { return first_.size() > wanted_.size(); }
  FindingLog& log() { return log_; }

 private:
  const WantedMarks& wanted_;
  std::map<std::pair<uint64_t, Sha256>, uint64_t> first_;
  FindingLog log_;
};

}  // namespace

Result<FindingLog> find_repeated_keys(Input& input, const VerifyOptions& options,
                                      Repetitions& repeated) {
  FrameCutter cutter(input, std::min(options.frame_bytes, kMostFrameBytes));
  TRY(const bool readable, cutter.open(options.limits));
  if (!readable) return FindingLog(options.limits.max_findings);
  const WantedMarks wanted(repeated.marks());
  FirstOccurrences occurrences(wanted, options.limits.max_findings);
  uint64_t database = 0;
  const auto work = [&](const Frame& frame) {
    auto part = std::make_unique<OccurrencePart>(wanted);
    RecordDecoder decoder(cutter.file(), *part);
    visit_records(frame, [&](Bytes records, uint64_t offset) { decoder.decode(records, offset); });
    return part;
  };
  const auto consume = [&](std::unique_ptr<OccurrencePart> part) {
    for (Occurrence& occurrence : part->found()) {
      if (occurrence.database == kNoDatabase) {
        if (!wanted.has(occurrence.name_hash, database)) continue;
        occurrence.database = database;
      }
      occurrences.add(std::move(occurrence));
    }
    if (part->database() != kNoDatabase) database = part->database();
  };
  TRY_VOID(run_pipeline(cutter, {options.threads}, work, consume));
  FindingLog log = std::move(occurrences.log());
  if (occurrences.are_marks_forged()) {
    log.add({Code::kDuplicatesUnchecked,
             0,
             kNoDatabase,
             false,
             {},
             "names were made to look equal to this check"});
  } else if (repeated.total() > log.total()) {
    log.count_more(Code::kDuplicateKey, repeated.total() - log.total());
  }
  return log;
}

}  // namespace rdbproof
