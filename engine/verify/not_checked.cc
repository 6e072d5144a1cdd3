#include "engine/verify/not_checked.h"

#include <array>

namespace rdbproof {
namespace {

struct Row {
  Code code;
  std::string_view one;
  std::string_view many;  // behind the number; empty: there is only one
};

constexpr auto kRows = std::to_array<Row>({
    {Code::kChecksumDisabled, "whether bytes differ from what was written: there is no checksum",
     ""},
    {Code::kChecksumAbsent, "whether bytes differ from what was written: there is no checksum", ""},
    {Code::kOpaqueModule, "what 1 module value or record means",
     "module values or records, what they mean"},
    {Code::kFunctionNotCompiled, "whether 1 function library compiles",
     "function libraries, whether they compile"},
    {Code::kDuplicatesUnchecked, "whether keys or members occur twice, for want of memory", ""},
    {Code::kScannedTwice, "which keys were counted more than once", ""},
    {Code::kUnsupportedRecord, "1 record that this build cannot read",
     "records that this build cannot read"},
    {Code::kUnsupportedValue, "1 value that this build cannot read",
     "values that this build cannot read"},
    {Code::kLimitExceeded, "1 value that is larger than this run allows",
     "values that are larger than this run allows"},
    {Code::kAppendedLog, "the append-only log behind the snapshot", ""},
});

}  // namespace

std::vector<NotChecked> not_checked(const SourceReport& source) {
  std::vector<NotChecked> list;
  for (const Row& row : kRows) {
    const uint64_t count = source.log.count(row.code);
    if (count == 0) continue;
    const bool is_one = count == 1 || row.many.empty();
    list.push_back(
        {row.code, count,
         is_one ? std::string(row.one) : std::to_string(count) + " " + std::string(row.many)});
  }
  const bool was_reached = source.checksum.status != ChecksumStatus::kAbsent ||
                           source.rdb_version < kFirstVersionWithChecksum;
  if (!was_reached) {
    list.push_back({Code::kMissingFooter, 1, "the checksum, which was not reached"});
  }
  return list;
}

}  // namespace rdbproof
