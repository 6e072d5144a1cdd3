#include "engine/diff/side.h"

#include <algorithm>
#include <utility>

#include "engine/base/wall_clock.h"
#include "engine/diff/source_place.h"
#include "engine/io/os.h"
#include "engine/io/scratch_file.h"
#include "engine/io/temporary.h"
#include "engine/verify/key_index.h"

namespace rdbproof {
namespace {

// Names beyond that go to disk.
constexpr size_t kNameBytes = size_t{16} << 20;

}  // namespace

class Side::Sink final : public KeyRecordSink {
 public:
  Sink(Side& side, size_t source) : side_(side), source_(source) {}

  Result<void> take(KeyRecordBatch&& batch) override {
    uint64_t distance = uint64_t{source_} << kSourceShift;
    if (keeps_names()) {
      Block& names = *side_.sources_[source_].names;
      distance += names.bytes().size();
      TRY_VOID(names.append(batch.names));
    }
    for (KeyRecordRun& run : batch.runs) run.move_places(distance);
    for (KeyRecord& record : batch.few) record.place += distance;
    return side_.records_.add(std::move(batch));
  }
  KeySlots& slots() override { return side_.slots_; }
  bool keeps_names() const override { return !side_.sources_[source_].is_read_again; }
  bool wants_key(const Key& key) const override { return side_.filter_.wants_name_and_type(key); }
  bool wants_database(uint64_t database) const override {
    return side_.filter_.wants_database(database);
  }

 private:
  Side& side_;
  size_t source_;
};

Side::Side(KeySlots& slots, const KeyFilter& filter, const VerifyOptions& options,
           uint64_t record_bytes)
    : slots_(slots),
      filter_(filter),
      options_(options),
      records_(record_bytes, [this] { return open_scratch(); }) {}

// What all records of the source will take, by what those take that were read, must be there.
Result<std::unique_ptr<Scratch>> Side::open_scratch() const {
  const std::string directory = temporary_directory(options_.temp_dir);
  if (share_read_ > 0) {
    const double records = static_cast<double>(records_.size()) / std::min(share_read_, 1.0);
    TRY_VOID(expect_free(directory, static_cast<uint64_t>(records * sizeof(KeyRecord))));
  }
  return ScratchFile::create(options_.temp_dir);
}

Result<void> Side::add(const std::string& path, const ReadSource& read) {
  if (sources_.size() == kMostSources) return fail("more sources than can be told apart");
  // Absent for pipes and servers, which cannot be read a second time.
  const std::optional<uint64_t> size = regular_file_size(path);
  ServerSource* const server = options_.find_server ? options_.find_server(path) : nullptr;
  sources_.push_back({path, size.has_value()});
  if (!size) sources_.back().names = std::make_unique<Block>(kNameBytes, options_.temp_dir);
  Sink sink(*this, sources_.size() - 1);
  VerifyOptions options = options_;
  options.key_records = &sink;
  options.find_server = [server](const std::string&) { return server; };
  options.progress = [&](uint64_t done) {
    if (size)
      share_read_ = static_cast<double>(done) / static_cast<double>(std::max<uint64_t>(*size, 1));
    if (options_.progress) options_.progress(done);
  };
  SourceReport report = read(path, std::move(options));
  if (report.error) return tl::unexpected(*report.error);
  if (slots_.has_overflowed()) return fail("more databases hold keys than can be told apart");
  if (server != nullptr) {
    Source& source = sources_.back();
    source.server = std::make_unique<ServerKeys>(*server, slots_, options_.limits);
    if (report.server->now_ms != 0) source.clock_ahead_ms = report.server->now_ms - wall_clock_ms();
  }
  reports_.push_back(std::move(report));
  return {};
}

bool Side::is_live() const {
  return std::ranges::any_of(sources_,
                             [](const Source& source) { return source.server != nullptr; });
}

int64_t Side::now_ms() const {
  int64_t now = 0;
  for (const Source& source : sources_) {
    if (source.server) now = std::max(now, wall_clock_ms() + source.clock_ahead_ms);
  }
  return now;
}

Result<std::vector<CurrentKey>> Side::look_up(std::span<const ServerSource::AskedKey> keys) {
  std::vector<CurrentKey> all(keys.size());
  for (Source& source : sources_) {
    if (!source.server) continue;
    TRY(const auto found, source.server->current(keys));
    for (size_t i = 0; i < keys.size(); ++i) {
      if (found[i].record) all[i].record = found[i].record;
      all[i].is_unreadable = all[i].is_unreadable || found[i].is_unreadable;
    }
  }
  return all;
}

void Side::report_repeated(const RepeatedKeys& repeated) {
  const auto add = [&](size_t source, Code code, uint64_t count, std::string detail) {
    SourceReport& report = reports_[source];
    report.log.add({code, 0, kNoDatabase, false, {}, std::move(detail)});
    report.log.count_more(code, count - 1);
    report.verdict = verdict_of(report.log);
  };
  for (const auto& [source, count] : repeated.within) {
    add(source, Code::kDuplicateKey, count, "verify names them");
  }
  if (repeated.across == 0) return;
  add(0, Code::kInSeveralSources, 1,
      std::to_string(repeated.across) + (repeated.across == 1 ? " key" : " keys"));
}

bool Side::is_whole() const {
  return std::ranges::all_of(reports_,
                             [](const SourceReport& report) { return report.is_whole(); });
}

bool Side::has_value(const KeyRecord& record) const {
  const Source& source = sources_[source_of(record)];
  return source.is_read_again || source.server != nullptr;
}

Result<KeyReader*> Side::reader_of(Source& source) {
  if (source.reader) return source.reader.get();
  if (source.is_read_again) {
    TRY(source.reader,
        open_key_reader(source.path, {options_.limits, options_.temp_dir, options_.frame_bytes}));
  } else if (source.server) {
    source.reader = read_from_server(*source.names, *source.server);
  } else {
    source.reader = read_kept_names(*source.names);
  }
  return source.reader.get();
}

Result<void> Side::read(std::vector<Wanted> wanted) {
  std::ranges::sort(wanted, {}, [](const Wanted& w) { return w.record->place; });
  for (auto begin = wanted.begin(); begin != wanted.end();) {
    const size_t source = source_of(*begin->record);
    std::vector<WantedKey> of_source;
    for (; begin != wanted.end() && source_of(*begin->record) == source; ++begin) {
      const KeyRecord& record = *begin->record;
      const Uint128 flipped = make_uint128(record.name_high, record.name_low);
      const uint64_t database = slots_.database(record.database_slot);
      of_source.push_back({record.place & kPlaceMask, flipped ^ database_bits(database), database,
                           begin->name, begin->value});
    }
    TRY(KeyReader* const reader, reader_of(sources_[source]));
    TRY_VOID(reader->read(of_source));
  }
  return {};
}

Result<std::vector<std::string>> read_names(Side& a, Side& b,
                                            std::span<const Difference> differences) {
  std::vector<std::string> names(differences.size());
  std::vector<Side::Wanted> in_a;
  std::vector<Side::Wanted> in_b;
  for (size_t i = 0; i < differences.size(); ++i) {
    (differences[i].was_in_a ? in_a : in_b)
        .push_back({&differences[i].first(), &names[i], nullptr});
  }
  TRY_VOID(a.read(std::move(in_a)));
  TRY_VOID(b.read(std::move(in_b)));
  return names;
}

}  // namespace rdbproof
