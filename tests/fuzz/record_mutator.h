// Mutation of records along the layouts of the grammar table: lengths and counts stay right where
// the change is not about them.
#pragma once

#include <string>

#include "engine/rdb/grammar.h"
#include "tests/fuzz/chooser.h"

namespace rdbproof::fuzz {

// A record from the row's byte on.
std::string change_record(const RdbRow& row, Bytes record, Chooser& choose);

// The same for what follows the name of a key.
std::string mutate_value(const RdbRow& row, Bytes value, const Mutation& mutation);

}  // namespace rdbproof::fuzz
