// A dump taken apart, as far as it can be: records by the framer, what is in a record by the text
// of its layout in the grammar table. For seeds and for mutation.
#pragma once

#include <string>
#include <vector>

#include "engine/rdb/grammar.h"

namespace rdbproof::fuzz {

// A part of a record. Positions count from the record's first byte.
struct Token {
  enum class Kind : uint8_t { kLength, kCount, kString, kRaw };
  Kind kind;
  size_t begin;
  size_t end;
  // kCount: where each of what is counted begins, and where the last of them ends.
  std::vector<size_t> items{};
};

// The tokens of a record of this row: its type byte left out, a value's key name first. Empty where
// the layout is told in words, or the bytes do not fit it.
std::vector<Token> tokens_of(const RdbRow& row, Bytes record);

// The text of the string that `token` covers, decompressed; empty if it cannot be had.
std::string text_of(Bytes record, const Token& token);

struct Record {
  const RdbRow* row;  // of its last part: attributes stand before a key
  Bytes all;          // attributes included
  Bytes bytes;        // from the row's byte on
};

struct Dump {
  // A whole file, which must outlive this object.
  explicit Dump(Bytes whole_file);
  // Records of a file, without a header.
  Dump(const FileContext& context, Bytes records_alone);

  Bytes bytes;
  bool readable = false;  // it has a header; else nothing below is set
  FileContext file;
  std::vector<Record> records;  // the end mark is none of them
  size_t records_end = 0;       // where that, or what cannot be framed, stands
  bool ended = false;           // with an end mark

 private:
  void read_records();
};

// Calls `take` with the text of each string in each value of `dump`, up to `limit` bytes long.
template <class Take>
void for_each_string(const Dump& dump, size_t limit, const Take& take) {
  for (const Record& record : dump.records) {
    if (record.row->role != RowRole::kValue) continue;
    for (const Token& token : tokens_of(*record.row, record.bytes)) {
      if (token.kind != Token::Kind::kString) continue;
      const std::string text = text_of(record.bytes, token);
      if (!text.empty() && text.size() <= limit) take(text);
    }
  }
}

}  // namespace rdbproof::fuzz
