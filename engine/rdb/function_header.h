// The first line of a function library: #!<engine> name=<library>. Redis 7.0 src/functions.c,
// functionExtractLibMetaData.
#pragma once

#include <string>

#include "engine/base/bytes.h"
#include "engine/rdb/file_context.h"

namespace rdbproof {

struct FunctionHeader {
  std::string engine;
  std::string name;
  const char* problem = nullptr;  // why servers refuse the library, a literal; null: they do not
};

FunctionHeader parse_function_header(Bytes source);

// Engines come with modules in Valkey; elsewhere there is Lua only.
bool is_known_engine(Bytes engine, Dialect dialect);

}  // namespace rdbproof
