// Turns whole records into events.
#pragma once

#include <string>

#include "engine/rdb/grammar.h"
#include "engine/rdb/record_state.h"

namespace rdbproof {

// Decodes frames: runs of whole records, as frame_records() cuts them. Damage inside a value costs
// that value: its key is dropped with a finding, and reading goes on behind it. A decoder may be
// used for one frame after another. Not thread-safe; use one per thread.
class RecordDecoder {
 public:
  RecordDecoder(const FileContext& file, EventSink& sink);

  // `offset` is the place of frame[0] in the source.
  void decode(Bytes frame, uint64_t offset);
  // Whether the end-of-file record was read.
  bool ended() const { return state_.ended; }
  // Of all frames so far.
  const UsedRecords& used() const { return state_.used; }

 private:
  void read_record(Cursor& in);
  void read_other(const RdbRow& row, Cursor& in);
  void read_key(const RdbRow& row, Cursor& in);
  void read_value(const RdbRow& row, Cursor& in, const Key& key);
  void finish_value(ValueReader& value, const Key& key);
  void report_lost(Cursor& in, const Cursor& start, const RdbRow& row);
  void read_member_expiries(ValueReader& value);
  void report_oddity(Cursor& in);
  void identify_module(Cursor in, Key& key);

  RecordState state_;
  ElementBatch batch_;
  TextArena blob_arena_;
  TextArena name_arena_;
  std::string module_type_;
};

}  // namespace rdbproof
