// What a decoder of records carries from one record to the next.
#pragma once

#include <cstdint>

#include "engine/model/event.h"
#include "engine/rdb/file_context.h"
#include "engine/rdb/primitives.h"
#include "engine/rdb/used_records.h"

namespace rdbproof {

// What stands before a key and belongs to it.
struct KeyAttributes {
  // What is odd about them, as bits.
  enum Oddity : uint8_t {
    kTwoExpiries = 1,
    kTwoUses = 2,  // idle times or frequencies
    kExpiry = 4,
    kIdle = 8,
    kAfterMetadata = 16,
  };

  bool present = false;
  bool has_expiry = false;
  bool has_use = false;  // an idle time or a frequency
  bool has_metadata = false;
  bool is_misplaced = false;  // something else stood between them and the key
  uint8_t oddities = 0;
  uint64_t offset = 0;  // of the first of them
  int64_t expire_at_ms = 0;
};

struct RecordState {
  const FileContext& file;
  EventSink& sink;
  TextArena arena;  // strings of the current record
  KeyAttributes attributes;
  uint64_t database = kNoDatabase;  // as far as it was named in what this decoder saw
  uint64_t record_offset = 0;
  bool ended = false;  // the end-of-file record was read
  UsedRecords used{};

  void report(Code code, uint64_t offset, std::string detail = {}) {
    sink.finding({code, offset, database, false, {}, std::move(detail)});
  }
};

// Reads the rest of a record after its first byte. When something is wrong it fails the cursor.
using OpcodeHandler = void (*)(RecordState&, Cursor&);

// opcodes.cc
void read_aux(RecordState& state, Cursor& in);
void read_select_db(RecordState& state, Cursor& in);
void read_resize_db(RecordState& state, Cursor& in);
void read_expire_seconds(RecordState& state, Cursor& in);
void read_expire_ms(RecordState& state, Cursor& in);
void read_idle(RecordState& state, Cursor& in);
void read_freq(RecordState& state, Cursor& in);
void read_end(RecordState& state, Cursor& in);
void read_function(RecordState& state, Cursor& in);
void read_module_aux(RecordState& state, Cursor& in);
void read_key_metadata(RecordState& state, Cursor& in);
void read_slot_info(RecordState& state, Cursor& in);
void read_slot_import(RecordState& state, Cursor& in);
// `what` stands where the key of the attributes before it should.
void report_misplaced(RecordState& state, std::string_view what);
void report_oddities(RecordState& state, Bytes key);
// dragonfly_blocks.cc
void read_zstd_block(RecordState& state, Cursor& in);
void read_lz4_block(RecordState& state, Cursor& in);
// dragonfly_records.cc
void skip_key_mask(Cursor& in, const FileContext& file);
void skip_vector_index(Cursor& in, const FileContext& file);
void skip_tagged_chunk(Cursor& in, const FileContext& file);
void read_tagged_chunk(RecordState& state, Cursor& in);
// hash_template.cc
void read_hash_template(RecordState& state, Cursor& in);

}  // namespace rdbproof
