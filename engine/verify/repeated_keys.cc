#include "engine/verify/repeated_keys.h"

#include <algorithm>
#include <map>
#include <memory>

#include "engine/rdb/record_decoder.h"
#include "engine/scan/pipeline.h"

namespace rdbproof {
namespace {

struct Occurrence {
  uint64_t offset;
  uint64_t database;  // kNoDatabase before the part's first one
  std::string name;
};

// All keys of a frame whose mark is wanted; those of an unknown database whose name could be.
class OccurrencePart final : public EventSink {
 public:
  explicit OccurrencePart(const std::vector<Mark>& wanted) : wanted_(wanted) {}

  void select_database(uint64_t database) override { database_ = database; }
  void end_key(const Key& key, const ValueSummary& /*value*/) override {
    const bool settled = database_ != kNoDatabase;
    if (settled && !is_wanted(key.name, database_)) return;
    found_.push_back({key.offset, database_, std::string(key.name)});
  }

  bool is_wanted(Bytes name, uint64_t database) const {
    return std::ranges::binary_search(wanted_, key_mark(hash128(name), database));
  }
  uint64_t database() const { return database_; }
  std::vector<Occurrence>& found() { return found_; }

 private:
  const std::vector<Mark>& wanted_;
  uint64_t database_ = kNoDatabase;
  std::vector<Occurrence> found_;
};

// Remembers where each key was first.
class Repetitions {
 public:
  explicit Repetitions(uint64_t limit) : log_(limit) {}

  void add(Occurrence occurrence) {
    const auto place = std::make_pair(occurrence.database, occurrence.name);
    const auto [first, is_new] = first_.try_emplace(place, occurrence.offset);
    if (is_new) return;
    log_.add({Code::kDuplicateKey, occurrence.offset, occurrence.database, true,
              std::move(occurrence.name), "first at offset " + std::to_string(first->second)});
  }
  FindingLog take() { return std::move(log_); }

 private:
  std::map<std::pair<uint64_t, std::string>, uint64_t> first_;
  FindingLog log_;
};

}  // namespace

Result<FindingLog> find_repeated_keys(Input& input, const VerifyOptions& options,
                                      const std::vector<Mark>& repeated) {
  FrameCutter cutter(input, options.frame_bytes);
  TRY(const bool readable, cutter.open(options.limits));
  if (!readable) return FindingLog(options.limits.max_findings);
  Repetitions repetitions(options.limits.max_findings);
  uint64_t database = 0;
  const auto work = [&](const Frame& frame) {
    auto part = std::make_unique<OccurrencePart>(repeated);
    RecordDecoder decoder(cutter.file(), *part);
    visit_records(frame, [&](Bytes records, uint64_t offset) { decoder.decode(records, offset); });
    return part;
  };
  const auto consume = [&](std::unique_ptr<OccurrencePart> part) {
    for (Occurrence& occurrence : part->found()) {
      if (occurrence.database == kNoDatabase) {
        if (!part->is_wanted(occurrence.name, database)) continue;
        occurrence.database = database;
      }
      repetitions.add(std::move(occurrence));
    }
    if (part->database() != kNoDatabase) database = part->database();
  };
  TRY_VOID(run_pipeline(cutter, {options.threads}, work, consume));
  return repetitions.take();
}

}  // namespace rdbproof
