#include "engine/rdb/dump_payload.h"

#include "engine/hash/crc64.h"
#include "engine/rdb/grammar.h"
#include "engine/rdb/writer.h"

namespace rdbproof {
namespace {

constexpr size_t kVersionBytes = 2;
constexpr size_t kChecksumBytes = 8;

}  // namespace

std::optional<DumpPayload> read_dump_payload(Bytes payload) {
  if (payload.size() < kVersionBytes + kChecksumBytes) return std::nullopt;
  DumpPayload result;
  const Bytes summed = payload.substr(0, payload.size() - kChecksumBytes);
  result.body = summed.substr(0, summed.size() - kVersionBytes);
  result.version = load_le<uint16_t>(result.body.data() + result.body.size());
  const auto stored = load_le<uint64_t>(summed.data() + summed.size());
  result.checksum_matches = stored == 0 || stored == crc64(0, summed);
  return result;
}

bool are_function_records(const FileContext& file, Bytes body) {
  constexpr uint8_t kFunction = 245;
  Cursor in(body, 0);
  while (in && !in.at_end()) {
    const uint8_t byte = in.u8();
    const RdbRow* const row = file.rows[byte];
    if (byte != kFunction || row == nullptr || row->skip == nullptr) return false;
    row->skip(in, file);
  }
  return in.ok();
}

bool append_key_record(std::string& out, const FileContext& file, Bytes name,
                       std::optional<int64_t> expire_at_ms, Bytes body) {
  Cursor in(body, 0);
  Cursor type = in;
  const RdbRow* row = nullptr;
  while (in && !in.at_end()) {
    type = in;
    row = file.rows[in.u8()];
    if (row == nullptr || row->skip == nullptr) return false;
    if (row->role == RowRole::kValue) break;
    if (row->role != RowRole::kAttribute) return false;
    row->skip(in, file);
  }
  if (row == nullptr || row->role != RowRole::kValue) return false;
  const Cursor value = in;
  row->skip(in, file);
  if (!in || !in.at_end()) return false;
  RdbWriter writer(out, {.checksum = false});
  if (expire_at_ms) writer.expire_ms(*expire_at_ms);
  writer.raw(body.substr(0, type.offset()));
  writer.key(row->byte, name);
  writer.raw(body.substr(value.offset()));
  return true;
}

}  // namespace rdbproof
