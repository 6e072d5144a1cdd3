#include "tests/fuzz/dump_mutator.h"

#include <cstring>

#include "engine/hash/crc64.h"
#include "engine/rdb/prologue.h"
#include "engine/rdb/writer.h"
#include "tests/fuzz/record_mutator.h"

namespace rdbproof::fuzz {
namespace {

constexpr size_t kChecksumBytes = 8;
constexpr char kEndMark = '\xff';

// A record that may stand anywhere, or nearly.
std::string random_record(Chooser& choose) {
  std::string out;
  RdbWriter writer(out);
  switch (choose.below(9)) {
    case 0:
      writer.select_db(choose.interesting_number());
      break;
    case 1:
      writer.resize_db(choose.interesting_number(), choose.interesting_number());
      break;
    case 2:
      writer.expire_ms(static_cast<int64_t>(choose.interesting_number()));
      break;
    case 3:
      writer.idle(choose.interesting_number());
      break;
    case 4: {
      static const std::array<std::string, 8> kNames = {
          "redis-ver",  "df-ver",      "valkey-ver",          "repl-masters",
          "redis-bits", "mvcc-tstamp", "keydb-subexpire-key", "keydb-subexpire-when"};
      writer.aux(choose.pick(kNames), choose.interesting_text());
      break;
    }
    case 5:
      writer.function_library(choose.interesting_text());
      break;
    default:
      writer.key(0, choose.interesting_text());
      writer.string(choose.interesting_text());
  }
  return out;
}

void change_records(std::vector<std::string>& texts, const Dump& dump, Chooser& choose) {
  if (texts.empty() || choose.one_in(8)) {
    texts.insert(texts.begin() + static_cast<std::ptrdiff_t>(choose.below(texts.size() + 1)),
                 random_record(choose));
  } else if (choose.one_in(4)) {
    shuffle_items(texts, choose);
  } else {
    const size_t at = choose.below(texts.size());
    if (at >= dump.records.size()) return;
    const Record& record = dump.records[at];
    const size_t before = record.all.size() - record.bytes.size();
    texts[at] = std::string(record.all.substr(0, before)) +
                change_record(*record.row, record.bytes, choose);
  }
}

std::string changed_records(const Dump& dump, Chooser& choose) {
  std::vector<std::string> texts;
  for (const Record& record : dump.records) texts.emplace_back(record.all);
  change_records(texts, dump, choose);
  if (choose.one_in(4)) change_records(texts, dump, choose);
  std::string out;
  for (const std::string& text : texts) out += text;
  return out;
}

std::string with_checksum(std::string file) {
  const uint64_t crc = crc64(0, file);
  file.append(reinterpret_cast<const char*>(&crc), sizeof crc);
  return file;
}

// What looks like an end with a checksum gets the one that is right.
std::string repaired(std::string file) {
  const size_t least = kHeaderBytes + 1 + kChecksumBytes;
  if (file.size() < least || file[file.size() - kChecksumBytes - 1] != kEndMark) return file;
  file.resize(file.size() - kChecksumBytes);
  return with_checksum(std::move(file));
}

std::string changed_header(Bytes header, Chooser& choose) {
  static constexpr auto kHeaders = std::to_array<Bytes>(
      {"REDIS0001", "REDIS0003", "REDIS0006", "REDIS0009", "REDIS0010", "REDIS0011", "REDIS0012",
       "REDIS0013", "REDIS0014", "REDIS0015", "REDIS0016", "VALKEY011", "VALKEY080", "VALKEY081"});
  return std::string(choose.one_in(16) ? choose.pick(kHeaders) : header);
}

}  // namespace

std::string mutate_dump(Bytes input, const Mutation& mutation) {
  Chooser choose(mutation);
  const Dump dump(input);
  if (!dump.readable || choose.one_in(10)) return repaired(choose.change_bytes(input));
  std::string out = changed_header(input.substr(0, kHeaderBytes), choose);
  out += changed_records(dump, choose);
  if (!dump.ended) return repaired(out.append(input.substr(dump.records_end)));
  out += kEndMark;
  if (dump.file.version < kFirstVersionWithChecksum && choose.one_in(2)) return out;
  out = with_checksum(std::move(out));
  if (choose.one_in(16)) std::memset(out.data() + out.size() - kChecksumBytes, 0, kChecksumBytes);
  if (choose.one_in(32)) out += choose.interesting_text();
  return out;
}

std::string mutate_records(const FileContext& file, Bytes records, const Mutation& mutation) {
  Chooser choose(mutation);
  const Dump dump(file, records);
  if (dump.records.empty() || choose.one_in(10)) return choose.change_bytes(records);
  return changed_records(dump, choose).append(records.substr(dump.records_end));
}

}  // namespace rdbproof::fuzz
