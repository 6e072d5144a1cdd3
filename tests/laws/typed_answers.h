// What a server answers to the commands of each type.
#pragma once

#include <optional>
#include <string>

#include "engine/resp/command.h"
#include "tests/laws/random_data.h"

namespace rdbproof::test {

// RESP bytes; absent if the command is none that reads a value of this type. Pages of *SCAN have
// any length.
std::optional<std::string> typed_answer(const LogicalKey& key, const Command& command,
                                        bench::Random& random);

}  // namespace rdbproof::test
