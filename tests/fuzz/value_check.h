// What must hold for the bytes of any value, whichever decoder reads them.
#pragma once

#include <string>
#include <vector>

#include "engine/rdb/grammar.h"

namespace rdbproof::fuzz {

// A type of value, in a file that has it.
struct ValueKind {
  const RdbRow* row;
  FileContext file;
};

// All that can be passed; their order is that of the grammar table.
const std::vector<ValueKind>& value_kinds();
// The position of `row` in value_kinds(); their number if it is not there.
size_t index_of(const RdbRow& row);

// `value` are the bytes after the key's name; others may follow.
//  - framing and decoding agree on where the value ends: a key put behind it is read
//  - what cannot be framed is not accepted; what is found lies within the record
//  - a decoder that has read something before says the same
void check_value(const ValueKind& kind, Bytes value);

}  // namespace rdbproof::fuzz
