#include "tests/fuzz/value_check.h"

#include <algorithm>

#include "engine/rdb/framer.h"
#include "engine/rdb/record_decoder.h"
#include "tests/fuzz/events.h"
#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {
namespace {

constexpr uint64_t kOffset = 1000;
constexpr uint64_t kMostDecompressed = uint64_t{4} << 20;
constexpr Bytes kSentinelName = "sentinel";
// A string record: type, name, value.
constexpr Bytes kSentinel("\0\x08sentinel\x01v", 12);

// The first dialect that has the row, in a version where nothing else wants its byte.
FileContext context_for(const RdbRow& row) {
  constexpr uint32_t kUsualVersion = 11;
  FileContext file;
  file.limits.max_decompressed_bytes = kMostDecompressed;
  if ((row.dialects & kInRedis) != 0) {
    file.dialect = Dialect::kRedis;
  } else if ((row.dialects & kInDragonfly) != 0) {
    file.dialect = Dialect::kDragonfly;
  } else if ((row.dialects & kInKeyDb) != 0) {
    file.dialect = Dialect::kKeyDb;
  } else {
    file.dialect = Dialect::kValkey;
    file.valkey_magic = (row.dialects & kInValkeyMagic) != 0;
  }
  file.version = std::min(row.last_version, std::max(row.first_version, kUsualVersion));
  file.templates[0] = {"a", "b"};
  file.templates[1] = {"field"};
  select_rows(file);
  return file;
}

std::string describe(const ValueKind& kind, const EventSum& events) {
  std::string text(kind.row->name);
  for (const EventSum::SeenKey& key : events.keys) {
    text += "\nkey at " + std::to_string(key.offset) + (key.kept ? "" : " dropped");
  }
  for (const Finding& finding : events.findings) {
    text += "\n" + std::string(kind_of(finding.code).slug) + " at " +
            std::to_string(finding.offset) + " " + finding.detail;
  }
  return text;
}

void check_framed(const ValueKind& kind, const std::string& record) {
  const std::string both = record + std::string(kSentinel);
  EventSum events;
  RecordDecoder decoder(kind.file, events);
  decoder.decode(both, kOffset);
  const std::string seen = describe(kind, events);
  FUZZ_CHECK(events.keys.size() == 2, seen);
  FUZZ_CHECK(events.keys[0].offset == kOffset, seen);
  FUZZ_CHECK(events.keys[1].name == kSentinelName && events.keys[1].kept, seen);
  FUZZ_CHECK(events.keys[1].offset == kOffset + record.size(), seen);
  for (const Finding& finding : events.findings) {
    FUZZ_CHECK(finding.offset >= kOffset && finding.offset <= kOffset + record.size(), seen);
  }
  const uint64_t first = events.take_sum();
  decoder.decode(both, kOffset);
  FUZZ_CHECK(events.take_sum() == first, seen);
}

}  // namespace

const std::vector<ValueKind>& value_kinds() {
  static const std::vector<ValueKind> kinds = [] {
    std::vector<ValueKind> all;
    for (const RdbRow& row : grammar_rows()) {
      if (row.role != RowRole::kValue || row.skip == nullptr) continue;
      FileContext file = context_for(row);
      FUZZ_CHECK(file.rows[row.byte] == &row, std::string(row.name));
      all.push_back({&row, std::move(file)});
    }
    return all;
  }();
  return kinds;
}

size_t index_of(const RdbRow& row) {
  const auto found = std::ranges::find(value_kinds(), &row, &ValueKind::row);
  return static_cast<size_t>(found - value_kinds().begin());
}

void check_value(const ValueKind& kind, Bytes value) {
  std::string record(1, static_cast<char>(kind.row->byte));
  record += "\x01k";
  record += value;
  const Framing framing = frame_records(kind.file, record, kOffset, true, 1);
  FUZZ_CHECK(!framing.need_more, std::string(kind.row->name));
  if (framing.length != 0) return check_framed(kind, record.substr(0, framing.length));
  EventSum events;
  RecordDecoder(kind.file, events).decode(record, kOffset);
  FUZZ_CHECK(!events.findings.empty(), describe(kind, events));
}

}  // namespace rdbproof::fuzz
