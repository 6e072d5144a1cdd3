// Records that are not keys.
#include "engine/rdb/module_tokens.h"
#include "engine/rdb/record_state.h"

namespace rdbproof {

void read_aux(RecordState& state, Cursor& in) {
  const Bytes name = read_string(in, state.arena, state.file.limits).text;
  const Bytes value = read_string(in, state.arena, state.file.limits).text;
  if (in) state.sink.aux(name, value);
}

void read_select_db(RecordState& state, Cursor& in) {
  constexpr uint64_t kMostDatabases = INT32_MAX;  // servers count them in an int
  const uint64_t database = read_length(in);
  if (in && database >= kMostDatabases) in.fail(Code::kBadLength, "a database of that number");
  if (!in) return;
  state.database = database;
  state.sink.select_database(database);
}

void read_resize_db(RecordState& state, Cursor& in) {
  const uint64_t keys = read_length(in);
  const uint64_t expires = read_length(in);
  if (in) state.sink.resize_hint(keys, expires);
}

void read_expire_seconds(RecordState& state, Cursor& in) {
  state.attributes.has_expiry = true;
  state.attributes.expire_at_ms = int64_t{static_cast<int32_t>(in.u32_le())} * 1000;
}

void read_expire_ms(RecordState& state, Cursor& in) {
  state.attributes.has_expiry = true;
  state.attributes.expire_at_ms = static_cast<int64_t>(in.u64_le());
}

// Servers take the largest number for a failure to read a length.
void read_idle(RecordState& /*state*/, Cursor& in) {
  if (read_length(in) == UINT64_MAX) in.fail(Code::kBadLength, "an idle time without end");
}

void read_end(RecordState& state, Cursor& /*in*/) {
  state.ended = true;
}

void read_function(RecordState& state, Cursor& in) {
  const Bytes source = read_string(in, state.arena, state.file.limits).text;
  if (!in) return;
  state.sink.function(source);
  state.report(Code::kFunctionNotCompiled, state.record_offset);
}

void read_module_aux(RecordState& state, Cursor& in) {
  const uint64_t module_id = read_length(in);
  skip_module_tokens(in);  // when to load it, and the data: all of it is tokens
  if (in) {
    state.report(Code::kOpaqueModule, state.record_offset,
                 "data of module " + module_type_name(module_id));
  }
}

void read_key_metadata(RecordState& state, Cursor& in) {
  constexpr uint64_t kMostClasses = 7;
  const uint64_t classes = read_length(in);
  if (in && classes > kMostClasses) return in.fail(Code::kBadKeyMetadata, "too many classes");
  for (uint64_t i = 0; i < classes && in; ++i) {
    in.skip(4);  // class word
    skip_module_tokens(in);
  }
  if (in) state.report(Code::kOpaqueModule, state.record_offset, "metadata of a key");
}

}  // namespace rdbproof
