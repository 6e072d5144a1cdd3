// Turns whole records into events.
#pragma once

#include <optional>
#include <string>

#include "engine/rdb/grammar.h"
#include "engine/rdb/record_state.h"

namespace rdbproof {

// Decodes runs of whole records. Damage inside a value costs that value: its key is dropped with a
// finding, and reading goes on behind it. A decoder may be used for one run after another. Not
// thread-safe; use one per thread.
class RecordDecoder {
 public:
  RecordDecoder(const FileContext& file, EventSink& sink);

  // Decodes a frame, as frame_records() cuts them. `offset` is the place of frame[0] in the source.
  void decode(Bytes frame, uint64_t offset);

  // Decodes records at the front of `bytes`, whose place in the source is `offset`, up to the first
  // end of a record at or behind the place `stop`, or to the end-of-file record. What belongs to a
  // key stays with it, as in frames. Returns the place behind the last record; absent: the records
  // there have no whole frames, and what the sink was given means nothing.
  std::optional<uint64_t> decode_to(Bytes bytes, uint64_t offset, uint64_t stop);
  // Whether the end-of-file record was read.
  bool ended() const { return state_.ended; }
  // Of all frames so far.
  const UsedRecords& used() const { return state_.used; }

 private:
  void read_record(Cursor& in);
  void read_other(const RdbRow& row, Cursor& in);
  void read_key(const RdbRow& row, Cursor& in);
  void read_value(const RdbRow& row, Cursor& in, const Key& key);
  bool decode_in_slices(const RdbRow& row, ValueReader& value, const Key& key);
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
  bool key_follows_ = false;  // what was read last belongs to the key behind it
};

}  // namespace rdbproof
