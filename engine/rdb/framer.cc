#include "engine/rdb/framer.h"

#include "engine/rdb/grammar.h"
#include "engine/rdb/keydb_aux.h"

namespace rdbproof {
namespace {

enum class Passed : uint8_t { kKey, kRecord, kAttribute, kEnd };

// Passes what begins at `in`: a key with its value, an attribute, or another record.
Passed pass_record(const FileContext& file, Cursor& in) {
  const Cursor start = in;
  const RdbRow* const row = file.rows[in.u8()];
  if (row == nullptr) {
    in.fail_at(Code::kUnknownOpcode, start.offset(), "");
    return Passed::kRecord;
  }
  if (row->skip == nullptr) {
    in.fail_at(row->refusal, start.offset(), row->name.data());
    return Passed::kRecord;
  }
  if (row->role == RowRole::kValue) skip_string(in);
  row->skip(in, file);
  if (row->role == RowRole::kValue) return Passed::kKey;
  if (row->role == RowRole::kEnd) return Passed::kEnd;
  return is_about_next_key(*row, start) ? Passed::kAttribute : Passed::kRecord;
}

}  // namespace

bool may_continue_key(const Cursor& in, bool is_last) {
  if (in.at_end()) return !is_last;
  if (in.peek() != kAuxByte) return false;
  return is_member_expiry_aux(in) || (!is_last && in.remaining() < kKeyAuxBytes);
}

Framing frame_records(const FileContext& file, Bytes window, uint64_t offset, bool is_last,
                      uint64_t target_bytes) {
  Framing framing;
  Cursor in(window, offset);
  bool attributes_pending = false;
  while (in && !in.at_end()) {
    const Passed passed = pass_record(file, in);
    if (!in) break;
    if (passed == Passed::kAttribute) attributes_pending = true;
    if (passed == Passed::kKey) attributes_pending = false;
    framing.end_seen = passed == Passed::kEnd;
    if (!framing.end_seen && (attributes_pending || may_continue_key(in, is_last))) continue;
    framing.length = in.offset() - offset;
    if (framing.end_seen || framing.length >= target_bytes) return framing;
  }
  const bool cut = in.ok() || in.code() == Code::kLengthBeyondEnd;
  framing.need_more = cut && !is_last;
  if (framing.need_more || in.ok()) return framing;
  framing.code = in.code();
  framing.failure_offset = in.offset();
  framing.detail = in.detail();
  return framing;
}

}  // namespace rdbproof
