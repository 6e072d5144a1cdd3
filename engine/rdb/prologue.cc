#include "engine/rdb/prologue.h"

#include <optional>

#include "engine/rdb/grammar.h"
#include "engine/rdb/keydb_aux.h"
#include "engine/rdb/primitives.h"
#include "engine/rdb/slots.h"

namespace rdbproof {
namespace {

Finding finding(Code code, uint64_t offset, std::string detail = {}) {
  return {code, offset, kNoDatabase, false, {}, std::move(detail)};
}

std::optional<uint32_t> parse_digits(Bytes digits) {
  uint32_t number = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + static_cast<uint32_t>(c - '0');
  }
  return number;
}

bool looks_like_append_only_file(Bytes window) {
  return window.size() >= 2 && window[0] == '*' && window[1] >= '0' && window[1] <= '9';
}

Finding bad_magic(Bytes window) {
  if (looks_like_append_only_file(window)) {
    return finding(Code::kForeignFormat, 0, "it begins like an append-only file");
  }
  return finding(Code::kBadMagic, 0);
}

// Magic and version; kNone if they are fine.
Finding read_header(Bytes window, FileContext& file) {
  if (window.empty()) return finding(Code::kEmptyFile, 0);
  const bool redis = window.substr(0, 5) == "REDIS";
  file.valkey_magic = window.substr(0, 6) == "VALKEY";
  if (!redis && !file.valkey_magic) return bad_magic(window);
  if (window.size() < kHeaderBytes) return finding(Code::kTruncated, window.size());
  const size_t magic_bytes = redis ? 5 : 6;
  const Bytes digits = window.substr(magic_bytes, kHeaderBytes - magic_bytes);
  const std::optional<uint32_t> version = parse_digits(digits);
  if (!version) return finding(Code::kBadVersion, magic_bytes, "it is not made of digits");
  file.version = *version;
  file.dialect = file.valkey_magic ? Dialect::kValkey : Dialect::kRedis;
  const std::string detail = "version " + std::to_string(*version);
  const uint32_t newest = redis ? kNewestRedisVersion : kNewestValkeyVersion;
  if (file.version > newest) return finding(Code::kNewerVersion, magic_bytes, detail);
  const uint32_t oldest = redis ? 1 : kOldestValkeyVersion;
  if (file.version < oldest) return finding(Code::kBadVersion, magic_bytes, detail);
  return {};
}

// Dragonfly writes redis-ver too, so its own name wins. KeyDB's header is that of Redis 6.2 with
// KeyDB's own number; Redis never had a 6.3.
void learn_dialect(FileContext& file, Bytes name, Bytes value) {
  if (file.valkey_magic || file.dialect == Dialect::kDragonfly) return;
  if (name == "df-ver") {
    file.dialect = Dialect::kDragonfly;
  } else if (name == "valkey-ver") {
    file.dialect = Dialect::kValkey;
  } else if (name == "repl-masters" || is_keydb_name(name) ||
             (name == "redis-ver" && value.starts_with("6.3."))) {
    file.dialect = Dialect::kKeyDb;
  }
}

// Redis 4.0 to 6.2 and from 7.0 on: the first part of an append-only file.
bool is_log_preamble(Bytes name, Bytes value) {
  return (name == "aof-preamble" || name == "aof-base") && value == "1";
}

void read_template(Cursor& in, FileContext& file, TextArena& arena) {
  const uint64_t id = read_length(in);
  const uint64_t count = read_length(in);
  if (in && count == 0) in.fail(Code::kBadTemplate, "a template has no fields");
  HashTemplate fields;
  for (uint64_t i = 0; i < count && in; ++i) {
    arena.reset();
    const Bytes field = read_string(in, arena, file.limits).text;
    if (!in || !file.take_template_bytes(sizeof(std::string) + field.size())) return;
    fields.emplace_back(field);
  }
  if (in) file.templates[id] = std::move(fields);
}

// Reads the records before the first key. Dragonfly's own, below 242, hold or follow keys.
void read_records(Cursor& in, FileContext& file) {
  constexpr uint8_t kTemplate = 242;
  constexpr uint8_t kFirstPassable = 242;
  TextArena arena;
  while (in && !in.at_end()) {
    arena.reset();
    const RdbRow* const row = file.rows[in.peek()];
    const bool passable = row != nullptr && row->skip != nullptr && row->byte >= kFirstPassable &&
                          (row->role == RowRole::kAux || row->role == RowRole::kOpcode);
    if (!passable) return;
    in.skip(1);
    if (row->role == RowRole::kAux) {
      const Bytes name = read_string(in, arena, file.limits).text;
      const Bytes value = read_string(in, arena, file.limits).text;
      if (!in) return;
      learn_dialect(file, name, value);
      file.is_log_preamble |= is_log_preamble(name, value);
      file.has_slots |= name == kSlotAux;
      select_rows(file);
    } else if (row->byte == kTemplate) {
      read_template(in, file, arena);
    } else {
      file.has_slots |= row->byte == kSlotInfoByte;
      row->skip(in, file);
    }
  }
}

}  // namespace

std::string_view dialect_name(Dialect dialect) {
  switch (dialect) {
    case Dialect::kRedis:
      return "redis";
    case Dialect::kValkey:
      return "valkey";
    case Dialect::kDragonfly:
      return "dragonfly";
    case Dialect::kKeyDb:
      return "keydb";
  }
  return "unknown";
}

Prologue read_prologue(Bytes window, bool is_whole, const Limits& limits) {
  Prologue result;
  result.file.limits = limits;
  if (!is_whole && window.size() < kHeaderBytes) {
    result.state = PrologueState::kNeedMore;
    return result;
  }
  result.finding = read_header(window, result.file);
  if (result.finding.code != Code::kNone) return result;
  select_rows(result.file);
  Cursor in(window.substr(kHeaderBytes), kHeaderBytes);
  read_records(in, result.file);
  // What is wrong with these records is for the framer to say, which meets them again.
  const bool cut = in.at_end() && (in.ok() || in.code() == Code::kLengthBeyondEnd);
  result.state = cut && !is_whole ? PrologueState::kNeedMore : PrologueState::kRead;
  return result;
}

}  // namespace rdbproof
