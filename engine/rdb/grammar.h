// The grammar of RDB files as a table: one row a type or opcode. See docs/rdb-format.md.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/base/finding.h"
#include "engine/model/value_type.h"
#include "engine/rdb/file_context.h"
#include "engine/rdb/record_state.h"
#include "engine/rdb/value_reader.h"

namespace rdbproof {

enum class RowRole : uint8_t {
  kValue,      // a type byte: key name and value follow
  kAttribute,  // belongs to the key that follows
  kOpcode,     // stands for itself
  kAux,        // name and value; in KeyDB also about the key before or after
  kEnd,
  kUnreadable  // known by name only: where it ends cannot be told
};

// Sets of dialects, by magic where it decides.
enum DialectSet : uint8_t {
  kInRedis = 1,
  kInValkey = 2,       // Valkey with the magic REDIS, to 8.x
  kInValkeyMagic = 4,  // Valkey with the magic VALKEY, from 9.0
  kInDragonfly = 8,
  kInKeyDb = 16,
  kInRedisMagic = kInRedis | kInValkey | kInKeyDb,
  kInAll = 31,
};

struct RdbRow {
  uint8_t byte;
  RowRole role;
  std::string_view name;
  uint8_t dialects;        // DialectSet bits
  uint32_t first_version;  // that any server writes it in, pre-releases included
  uint32_t last_version;
  std::string_view layout;  // what follows the byte (values: the key's name), see layout.h
  void (*skip)(Cursor&, const FileContext&);  // null: kUnreadable
  // skip() with a bound, see skip_layout_within(); null where the layout is not all there is.
  void (*skip_within)(Cursor&, uint64_t& steps_left) = nullptr;

  // Values
  ValueType type = ValueType::kString;
  std::string_view encoding{};    // as OBJECT ENCODING names it; empty: the decoder says
  ValueDecoder decode = nullptr;  // null: the value is refused with `refusal`

  // Opcodes and attributes; null: nothing but its length matters
  OpcodeHandler handle = nullptr;

  Code refusal = Code::kNone;

  // Of values that are a number and as many times the same: how to decode and to skip a part.
  struct Slicing {
    RunDecoder decode = nullptr;
    void (*skip_one)(Cursor&) = nullptr;
    uint64_t many = UINT64_MAX;  // elements, from which on it is worth the trouble
  };
  Slicing slicing{};
};

std::span<const RdbRow> grammar_rows();

// Whether the record at `start`, whose row this is, belongs to the key that follows it.
bool is_about_next_key(const RdbRow& row, const Cursor& start);

// Fills file.rows for the dialect, magic and version that `file` states.
void select_rows(FileContext& file);

}  // namespace rdbproof
