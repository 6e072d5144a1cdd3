// Compares the marks of an index with as many threads as there are.
#pragma once

#include "engine/hash/mark_index.h"

namespace rdbproof {

// In the task arena of the caller.
Result<Repetitions> find_repeated(const MarkIndex& index);

}  // namespace rdbproof
