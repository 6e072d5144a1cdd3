// Records that are not keys.
#include "engine/rdb/function_header.h"
#include "engine/rdb/keydb_aux.h"
#include "engine/rdb/module_tokens.h"
#include "engine/rdb/record_state.h"
#include "engine/rdb/slots.h"

namespace rdbproof {
namespace {

void set_expiry(KeyAttributes& attributes, int64_t at_ms) {
  constexpr int64_t kLatest = (int64_t{1} << 48) - 1;  // in the year 10889
  if (attributes.has_expiry) attributes.oddities |= KeyAttributes::kTwoExpiries;
  if (at_ms <= 0 || at_ms > kLatest) attributes.oddities |= KeyAttributes::kExpiry;
  attributes.has_expiry = true;
  attributes.expire_at_ms = at_ms;
}

void set_use(KeyAttributes& attributes) {
  if (attributes.has_use) attributes.oddities |= KeyAttributes::kTwoUses;
  attributes.has_use = true;
}

void list_slot(RecordState& state, const SlotInfo& slot) {
  if (slot.slot >= kClusterSlots) {
    state.report(Code::kBadSlot, state.record_offset, "slot " + std::to_string(slot.slot));
  }
  state.sink.slot_info(slot);
}

void report_class(RecordState& state, uint32_t class_word) {
  constexpr uint32_t kMayBeIgnored = 1;
  const ModulePart part =
      (class_word & kMayBeIgnored) != 0 ? ModulePart::kOptionalMetadata : ModulePart::kMetadata;
  state.sink.needs_module(part, metadata_class_name(class_word), state.record_offset);
}

}  // namespace

void report_misplaced(RecordState& state, std::string_view what) {
  KeyAttributes& attributes = state.attributes;
  // Only Dragonfly knows what it may write between the two.
  if (!attributes.present || attributes.is_misplaced || state.file.dialect == Dialect::kDragonfly) {
    return;
  }
  attributes.is_misplaced = true;
  state.report(Code::kMisplacedAttribute, attributes.offset, std::string(what) + " follows");
}

void report_oddities(RecordState& state, Bytes key) {
  const KeyAttributes& attributes = state.attributes;
  const auto has = [&](KeyAttributes::Oddity oddity) {
    return (attributes.oddities & oddity) != 0;
  };
  const auto report = [&](Code code, std::string detail) {
    state.sink.finding(
        {code, attributes.offset, state.database, true, std::string(key), std::move(detail)});
  };
  if (has(KeyAttributes::kTwoExpiries)) report(Code::kRepeatedAttribute, "an expiry");
  if (has(KeyAttributes::kTwoUses)) {
    report(Code::kRepeatedAttribute, "an idle time or a frequency");
  }
  if (has(KeyAttributes::kExpiry)) {
    report(Code::kImplausibleExpiry,
           "Unix time in milliseconds: " + std::to_string(attributes.expire_at_ms));
  }
  if (has(KeyAttributes::kIdle)) report(Code::kImplausibleIdle, "");
  if (has(KeyAttributes::kAfterMetadata)) {
    report(Code::kBadKeyMetadata, "it is not directly before its key");
  }
}

void read_aux(RecordState& state, Cursor& in) {
  const Bytes name = read_string(in, state.arena, state.file.limits).text;
  const Bytes value = read_string(in, state.arena, state.file.limits).text;
  if (!in) return;
  if (state.attributes.present && name != kMvccAux) report_misplaced(state, "aux");
  state.sink.aux(name, value);
  if (name != kSlotAux) return;
  const std::optional<SlotInfo> slot = parse_slot_aux(value);
  if (!slot) return state.report(Code::kBadSlot, state.record_offset, "not three numbers");
  list_slot(state, *slot);
}

// The keys behind it are not those of the database before, so it is selected whatever its number.
void read_select_db(RecordState& state, Cursor& in) {
  constexpr uint64_t kMostDatabases = INT32_MAX;  // servers count them in an int
  const uint64_t offset = in.offset();
  uint64_t database = read_length(in);
  if (!in) return;
  if (database >= kMostDatabases) {
    database = kMostDatabases;
    state.report(Code::kBadLength, offset, "a database of that number");
  }
  state.database = database;
  state.sink.select_database(database);
}

void read_resize_db(RecordState& state, Cursor& in) {
  const uint64_t keys = read_length(in);
  const uint64_t expires = read_length(in);
  if (in) state.sink.resize_hint(keys, expires);
}

void read_expire_seconds(RecordState& state, Cursor& in) {
  set_expiry(state.attributes, int64_t{static_cast<int32_t>(in.u32_le())} * 1000);
}

void read_expire_ms(RecordState& state, Cursor& in) {
  set_expiry(state.attributes, static_cast<int64_t>(in.u64_le()));
}

// Servers take the largest number for a failure to read a length.
void read_idle(RecordState& state, Cursor& in) {
  constexpr uint64_t kTwentyYears = uint64_t{20} * 365 * 24 * 3600;
  const uint64_t seconds = read_length(in);
  if (seconds == UINT64_MAX) return in.fail(Code::kBadLength, "an idle time without end");
  if (seconds > kTwentyYears) state.attributes.oddities |= KeyAttributes::kIdle;
  set_use(state.attributes);
}

void read_freq(RecordState& state, Cursor& in) {
  in.skip(1);
  set_use(state.attributes);
}

void read_end(RecordState& state, Cursor& /*in*/) {
  state.ended = true;
}

void read_function(RecordState& state, Cursor& in) {
  const Bytes source = read_string(in, state.arena, state.file.limits).text;
  if (!in) return;
  state.sink.function(source);
  const FunctionHeader header = parse_function_header(source);
  const char* const problem = header.problem != nullptr ? header.problem
                              : is_known_engine(header.engine, state.file.dialect)
                                  ? nullptr
                                  : "an engine that this server does not have";
  if (problem != nullptr) return state.report(Code::kBadFunction, state.record_offset, problem);
  state.report(Code::kFunctionNotCompiled, state.record_offset);
}

void read_module_aux(RecordState& state, Cursor& in) {
  const uint64_t module_id = read_length(in);
  skip_module_tokens(in);  // when to load it, and the data: all of it is tokens
  if (!in) return;
  const std::string type = module_type_name(module_id);
  state.sink.needs_module(ModulePart::kData, type, state.record_offset);
  state.report(Code::kOpaqueModule, state.record_offset, "data of module " + type);
}

void read_key_metadata(RecordState& state, Cursor& in) {
  constexpr uint64_t kMostClasses = 7;
  const uint64_t classes = read_length(in);
  if (in && classes > kMostClasses) return in.fail(Code::kBadKeyMetadata, "too many classes");
  for (uint64_t i = 0; i < classes && in; ++i) {
    const uint32_t class_word = in.u32_le();
    skip_module_tokens(in);
    if (in) report_class(state, class_word);
  }
  state.attributes.has_metadata = true;
  if (in) state.report(Code::kOpaqueModule, state.record_offset, "metadata of a key");
}

void read_slot_info(RecordState& state, Cursor& in) {
  SlotInfo slot{};
  slot.slot = read_length(in);
  slot.keys = read_length(in);
  slot.expires = read_length(in);
  if (in) list_slot(state, slot);
}

// Valkey 9 checks neither, and reads or writes out of bounds.
void read_slot_import(RecordState& state, Cursor& in) {
  constexpr uint64_t kJobNameBytes = 40;
  const uint64_t name_bytes = read_string(in, state.arena, state.file.limits).text.size();
  const uint64_t ranges = read_length(in);
  bool is_bad_range = false;
  for (uint64_t i = 0; i < ranges && in; ++i) {
    const uint64_t first = read_length(in);
    const uint64_t last = read_length(in);
    is_bad_range |= first > last || last >= kClusterSlots;
  }
  if (!in) return;
  if (name_bytes != kJobNameBytes) {
    state.report(Code::kBadSlot, state.record_offset, "the name of the import has not 40 bytes");
  } else if (is_bad_range) {
    state.report(Code::kBadSlot, state.record_offset, "a range of slots that do not exist");
  }
}

}  // namespace rdbproof
