// Module values: self-delimiting tokens, readable without the module. Redis src/rdb.h,
// RDB_MODULE_*.
#pragma once

#include <array>
#include <string>

#include "engine/model/event.h"
#include "engine/rdb/primitives.h"

namespace rdbproof {

// The nine-letter name in a module type id; the low ten bits are the encoding version.
std::string module_type_name(uint64_t module_id);

// The four-letter name of a class of key metadata; the low eight bits are version and flags.
std::string metadata_class_name(uint32_t class_word);

struct ModuleToken {
  TokenKind kind = TokenKind::kUnsigned;
  uint64_t number = 0;  // integers as they are, floats by their bits
  StringValue text{};   // kString
};

// The next token; false at the end mark (consumed) or on failure.
bool next_module_token(Cursor& in, ModuleToken& token, TextArena& arena, const Limits& limits);

// To the end mark and past it.
void skip_module_tokens(Cursor& in);

}  // namespace rdbproof
