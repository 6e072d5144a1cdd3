#include "engine/verify/aux_records.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "engine/base/text.h"

namespace rdbproof {
namespace {

// A file with more AUX fields than any server writes is somebody's joke on our memory.
constexpr size_t kMostFields = 1000;
constexpr size_t kLongestField = 4096;

std::optional<int64_t> number(Bytes text) {
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [behind, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || behind != end) return std::nullopt;
  return value;
}

bool is_replication_id(Bytes text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdefABCDEF") == Bytes::npos;
}

// What is wrong with the value, a literal; empty: nothing.
std::string_view problem_of_time(std::optional<int64_t> seconds, int64_t now_ms) {
  constexpr int64_t kFirstRedis = 1'230'768'000;  // 2009
  constexpr int64_t kDay = 24 * 3600;
  if (!seconds) return "not a number";
  if (*seconds < kFirstRedis) return "before Redis existed";
  if (now_ms > 0 && *seconds > now_ms / 1000 + kDay) return "in the future";
  return {};
}

std::string_view problem_of(Bytes name, Bytes value, int64_t now_ms) {
  const auto needs = [](bool fulfilled, std::string_view problem) {
    return fulfilled ? std::string_view() : problem;
  };
  if (name == "repl-id") return needs(is_replication_id(value), "not 40 hexadecimal digits");
  if (name == "redis-bits") return needs(value == "32" || value == "64", "neither 32 nor 64");
  if (name == "aof-base" || name == "aof-preamble") {
    return needs(value == "0" || value == "1", "neither 0 nor 1");
  }
  if (name == "ctime") return problem_of_time(number(value), now_ms);
  if (name == "used-mem") return needs(number(value).value_or(-1) >= 0, "not a number of bytes");
  if (name == "repl-offset") return needs(number(value).has_value(), "not a number");
  if (name == "repl-stream-db") return needs(number(value).value_or(-2) >= -1, "no database");
  return {};
}

// Scripts, before Redis 7.0, and slots, in Valkey, take a field each.
bool may_repeat(Bytes name) {
  return name == "lua" || name == "slot-info";
}

// Bytes of the values that servers hold in memory at least as long as clients read them. Not those
// whose names of fields are shared, or that may be compressed.
uint64_t bytes_in_memory(const Keyspace& keyspace, bool hashes_count) {
  uint64_t bytes = 0;
  for (const auto& [number, database] : keyspace.databases()) {
    for (const auto& [type, counts] : database.types()) {
      const bool counts_here =
          type == "string" || type == "set" || type == "zset" || (type == "hash" && hashes_count);
      if (counts_here) bytes += counts.bytes;
    }
  }
  return bytes;
}

}  // namespace

void AuxRecords::add(Bytes name, Bytes value) {
  if (records_.size() >= kMostFields) return;
  records_.push_back(
      {std::string(name.substr(0, kLongestField)), std::string(value.substr(0, kLongestField)), 0});
}

void AuxRecords::place(uint64_t offset) {
  if (!records_.empty() && records_.back().offset == 0) records_.back().offset = offset;
}

void AuxRecords::absorb(AuxRecords&& next) {
  const size_t room = kMostFields - records_.size();
  const auto end =
      next.records_.begin() + static_cast<int64_t>(std::min(room, next.records_.size()));
  std::move(next.records_.begin(), end, std::back_inserter(records_));
}

bool AuxRecords::has_beginning(Bytes beginning) const {
  return std::ranges::any_of(
      records_, [&](const Record& record) { return record.name.starts_with(beginning); });
}

void AuxRecords::check(const FileContext& file, const Keyspace& keyspace, int64_t now_ms,
                       FindingLog& log) const {
  check_values(now_ms, log);
  if (file.dialect == Dialect::kDragonfly) return;
  check_memory(file, keyspace, log);
  check_repetitions(log);
}

void AuxRecords::check_values(int64_t now_ms, FindingLog& log) const {
  constexpr size_t kLongestShown = 60;
  for (const Record& record : records_) {
    const std::string_view problem = problem_of(record.name, record.value, now_ms);
    if (problem.empty()) continue;
    log.add({Code::kImplausibleAux,
             record.offset,
             kNoDatabase,
             false,
             {},
             record.name + " is " + escape_for_terminal(record.value, kLongestShown) + ": " +
                 std::string(problem)});
  }
}

// Data on flash (Redis Enterprise) is not in memory.
void AuxRecords::check_memory(const FileContext& file, const Keyspace& keyspace,
                              FindingLog& log) const {
  constexpr uint64_t kMostBytesPerByte = 5;
  constexpr uint32_t kFirstVersionWithTemplates = 15;
  const auto used = std::ranges::find(records_, "used-mem", &Record::name);
  if (used == records_.end() || has_beginning("big-used-")) return;
  const int64_t memory = number(used->value).value_or(-1);
  if (memory < 0) return;
  const bool hashes_count = file.valkey_magic || file.version < kFirstVersionWithTemplates;
  const uint64_t bytes = bytes_in_memory(keyspace, hashes_count);
  if (bytes / kMostBytesPerByte <= static_cast<uint64_t>(memory)) return;
  log.add({Code::kImplausibleAux,
           used->offset,
           kNoDatabase,
           false,
           {},
           "used-mem is " + std::to_string(memory) + ": the keys hold " + std::to_string(bytes) +
               " bytes"});
}

void AuxRecords::check_repetitions(FindingLog& log) const {
  constexpr size_t kLongestShown = 60;
  std::vector<const Record*> by_name;
  for (const Record& record : records_) {
    if (!may_repeat(record.name)) by_name.push_back(&record);
  }
  std::ranges::stable_sort(by_name, {}, &Record::name);
  std::vector<const Record*> repeated;
  for (size_t i = 1; i < by_name.size(); ++i) {
    if (by_name[i]->name == by_name[i - 1]->name) repeated.push_back(by_name[i]);
  }
  std::ranges::sort(repeated, {}, &Record::offset);
  for (const Record* const record : repeated) {
    log.add({Code::kImplausibleAux,
             record->offset,
             kNoDatabase,
             false,
             {},
             escape_for_terminal(record->name, kLongestShown) + " is there already"});
  }
}

AuxFields AuxRecords::take_fields() {
  AuxFields fields;
  for (Record& record : records_) {
    fields.emplace_back(std::move(record.name), std::move(record.value));
  }
  records_.clear();
  return fields;
}

}  // namespace rdbproof
