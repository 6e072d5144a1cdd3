// One side of a comparison: a data set, in one or several sources.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/diff/difference.h"
#include "engine/diff/join.h"
#include "engine/diff/key_filter.h"
#include "engine/diff/key_reader.h"
#include "engine/diff/record_store.h"
#include "engine/diff/server_keys.h"
#include "engine/verify/verify.h"

namespace rdbproof {

class Side {
 public:
  // All must outlive the side. `record_bytes`: memory for records.
  Side(KeySlots& slots, const KeyFilter& filter, const VerifyOptions& options,
       uint64_t record_bytes);

  using ReadSource = std::function<SourceReport(const std::string& path, VerifyOptions options)>;
  // Adds a source; `read` verifies it. An error if it could not be read.
  Result<void> add(const std::string& path, const ReadSource& read);
  // After the last source.
  Result<void> finish() { return records_.finish(); }

  const RecordStore& records() const { return records_; }
  const std::vector<SourceReport>& reports() const { return reports_; }
  std::vector<SourceReport> take_reports() { return std::move(reports_); }
  // Findings for keys that occur more than once.
  void report_repeated(const RepeatedKeys& repeated);
  // Whether everything that the sources hold was read.
  bool is_whole() const;

  // Of the key of a record: `name` and, if asked for, the events of its value.
  struct Wanted {
    const KeyRecord* record = nullptr;
    std::string* name = nullptr;
    EventSink* value = nullptr;
  };
  // Reads keys again; ascending places are cheapest from call to call.
  Result<void> read(std::vector<Wanted> wanted);
  // Whether the value of that key can be read again.
  bool has_value(const KeyRecord& record) const;

  // Whether some of it may change while it is compared.
  bool is_live() const;
  // The keys as the live sources have them now.
  Result<std::vector<CurrentKey>> look_up(std::span<const ServerSource::AskedKey> keys);
  // By the clocks of its servers; 0 if it has none.
  int64_t now_ms() const;

 private:
  class Sink;
  struct Source {
    std::string path;
    bool is_read_again = false;  // else its names are kept
    std::unique_ptr<Block> names{};
    std::unique_ptr<ServerKeys> server{};  // null: a file
    int64_t clock_ahead_ms = 0;            // of the server, before ours
    std::unique_ptr<KeyReader> reader{};
  };
  Result<KeyReader*> reader_of(Source& source);
  Result<std::unique_ptr<Scratch>> open_scratch() const;

  KeySlots& slots_;
  const KeyFilter& filter_;
  const VerifyOptions& options_;
  double share_read_ = 0;  // of the source that is being read, as far as that is known
  RecordStore records_;
  std::vector<Source> sources_;
  std::vector<SourceReport> reports_;
};

// The names of the keys, in their order.
Result<std::vector<std::string>> read_names(Side& a, Side& b,
                                            std::span<const Difference> differences);

}  // namespace rdbproof
