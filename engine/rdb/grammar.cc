#include "engine/rdb/grammar.h"

#include <array>

#include "engine/rdb/keydb_aux.h"
#include "engine/rdb/layout.h"
#include "engine/rdb/values.h"

namespace rdbproof {
namespace {

constexpr uint32_t kAnyVersion = UINT32_MAX;
// Megabytes, mostly.
constexpr uint64_t kManyElements = uint64_t{1} << 18;
constexpr uint64_t kManyNodes = uint64_t{1} << 11;

template <RunDecoder kRun>
void decode_run(ValueReader& value) {
  kRun(value, read_length(value.in));
}

// A value whose layout is text.
#define VALUE(byte, name, dialects, first, last, layout, type, encoding, decode)            \
  RdbRow {                                                                                  \
    byte, RowRole::kValue, name, dialects, first, last, layout, skip_layout<layout>,        \
        skip_layout_within<layout>, ValueType::type, encoding, decode, nullptr, Code::kNone \
  }
// One that is a number and as many times the same; `many`: what makes it worth to be sliced.
#define VALUE_RUN(byte, name, dialects, first, last, layout, type, encoding, run, many)  \
  RdbRow {                                                                               \
    byte, RowRole::kValue, name, dialects, first, last, layout, skip_layout<layout>,     \
        skip_layout_within<layout>, ValueType::type, encoding, decode_run<run>, nullptr, \
        Code::kNone, {                                                                   \
      run, skip_one<layout>, many                                                        \
    }                                                                                    \
  }
#define VALUE_SKIP(byte, name, dialects, first, last, layout, skip, type, encoding, decode)     \
  RdbRow {                                                                                      \
    byte, RowRole::kValue, name, dialects, first, last, layout, skip, nullptr, ValueType::type, \
        encoding, decode, nullptr, Code::kNone                                                  \
  }
// A value that can be passed but not understood.
#define VALUE_REFUSED(byte, name, dialects, first, last, layout, type, code)          \
  RdbRow {                                                                            \
    byte, RowRole::kValue, name, dialects, first, last, layout, skip_layout<layout>,  \
        skip_layout_within<layout>, ValueType::type, {}, nullptr, nullptr, Code::code \
  }
#define RECORD(byte, role, name, dialects, first, layout, handle)                         \
  RdbRow {                                                                                \
    byte, RowRole::role, name, dialects, first, kAnyVersion, layout, skip_layout<layout>, \
        skip_layout_within<layout>, ValueType::kString, {}, nullptr, handle, Code::kNone  \
  }
#define RECORD_REFUSED(byte, name, dialects, first, layout, code)                            \
  RdbRow {                                                                                   \
    byte, RowRole::kOpcode, name, dialects, first, kAnyVersion, layout, skip_layout<layout>, \
        skip_layout_within<layout>, ValueType::kString, {}, nullptr, nullptr, Code::code     \
  }
// A record whose end takes a function to find.
#define RECORD_SKIP(byte, role, name, dialects, first, layout, skip, handle)        \
  RdbRow {                                                                          \
    byte, RowRole::role, name, dialects, first, kAnyVersion, layout, skip, nullptr, \
        ValueType::kString, {}, nullptr, handle, Code::kNone                        \
  }
#define UNREADABLE(byte, name, dialects, code)                                         \
  RdbRow {                                                                             \
    byte, RowRole::kUnreadable, name, dialects, 1, kAnyVersion, "?", nullptr, nullptr, \
        ValueType::kString, {}, nullptr, nullptr, Code::code                           \
  }

// clang-format off
constexpr auto kRows = std::to_array<RdbRow>({
  //     byte name                 dialects        versions          layout  type      encoding      decoder
  VALUE(0,  "string",              kInAll,         1, kAnyVersion,   "S",     kString, "",           decode_string),
  VALUE_RUN(1,  "list",                kInAll,         1, kAnyVersion,   "*(S)",  kList,   "linkedlist", decode_items, kManyElements),
  VALUE_RUN(2,  "set",                 kInAll,         1, kAnyVersion,   "*(S)",  kSet,    "hashtable", decode_items, kManyElements),
  VALUE_RUN(3,  "zset",                kInAll,         1, kAnyVersion,   "*(SD)", kZset,   "skiplist", decode_text_scores, kManyElements),
  VALUE_RUN(4,  "hash",                kInAll,         1, kAnyVersion,   "*(SS)", kHash,   "hashtable", decode_fields, kManyElements),
  VALUE_RUN(5,  "zset-2",              kInAll,         8, kAnyVersion,   "*(S8)", kZset,   "skiplist", decode_binary_scores, kManyElements),
  UNREADABLE(6, "module-pre-ga",   kInAll,         kPreReleaseRecord),
  VALUE(7,  "module-2",            kInAll,         8, kAnyVersion,   "M",     kModule, "raw",        decode_module),
  VALUE(9,  "hash-zipmap",         kInAll,         2, kAnyVersion,   "S",     kHash,   "zipmap",     decode_zipmap_fields),
  VALUE(10, "list-ziplist",        kInAll,         2, kAnyVersion,   "S",     kList,   "ziplist",    decode_ziplist_items),
  VALUE(11, "set-intset",          kInAll,         2, kAnyVersion,   "S",     kSet,    "intset",     decode_intset_items),
  VALUE(12, "zset-ziplist",        kInAll,         2, kAnyVersion,   "S",     kZset,   "ziplist",    decode_ziplist_scores),
  VALUE(13, "hash-ziplist",        kInAll,         4, kAnyVersion,   "S",     kHash,   "ziplist",    decode_ziplist_fields),
  VALUE_RUN(14, "list-quicklist",      kInAll,         7, kAnyVersion,   "*(S)",  kList,   "quicklist", decode_quicklist, kManyNodes),
  VALUE(15, "stream",              kInAll,         9, kAnyVersion,
        "*(SS)LLL*(SLL*(G8L)*(S8*(G)))", kStream, "stream", decode_stream_1),
  VALUE(16, "hash-listpack",       kInAll,        10, kAnyVersion,   "S",     kHash,   "listpack",   decode_listpack_fields),
  VALUE(17, "zset-listpack",       kInAll,        10, kAnyVersion,   "S",     kZset,   "listpack",   decode_listpack_scores),
  VALUE_RUN(18, "list-quicklist-2",    kInAll,        10, kAnyVersion,   "*(LS)", kList,   "quicklist", decode_quicklist_2, kManyNodes),
  VALUE(19, "stream-2",            kInAll,        10, kAnyVersion,
        "*(SS)LLLLLLLL*(SLLL*(G8L)*(S8*(G)))", kStream, "stream", decode_stream_2),
  VALUE(20, "json-old",            kInDragonfly,   1, 9,             "S",     kJson,   "raw",        decode_json),
  VALUE(20, "set-listpack",        kInAll,        11, kAnyVersion,   "S",     kSet,    "listpack",   decode_listpack_items),
  VALUE(21, "stream-3",            kInAll,        11, kAnyVersion,
        "*(SS)LLLLLLLL*(SLLL*(G8L)*(S88*(G)))", kStream, "stream", decode_stream_3),
  VALUE(22, "hash-2",              kInValkeyMagic, 80, kAnyVersion,  "*(SS8)", kHash,  "hashtable",  decode_fields_trailing_expiry),
  VALUE(22, "hash-metadata-pre-ga", kInRedis,     12, kAnyVersion,   "*(LSS)", kHash,  "hashtable",  decode_fields_absolute_expiry),
  VALUE(23, "hash-listpack-ex-pre-ga", kInRedis,  12, kAnyVersion,   "S",     kHash,   "listpackex", decode_listpack_expiring_fields_pre_ga),
  VALUE(24, "hash-metadata",       kInRedis,      12, kAnyVersion,   "8*(LSS)", kHash, "hashtable",  decode_fields_relative_expiry),
  VALUE(25, "hash-listpack-ex",    kInRedis,      12, kAnyVersion,   "8S",    kHash,   "listpackex", decode_listpack_expiring_fields),
  VALUE(26, "stream-4",            kInRedis,      13, kAnyVersion,
        "*(SS)LLLLLLLL*(SLLL*(G8L)*(S88*(G)))LL*(S*(SLL))LL", kStream, "stream", decode_stream_4),
  VALUE(27, "stream-5",            kInRedis,      14, kAnyVersion,
        "*(SS)LLLLLLLL*(SLLL*(G8L)*(S88*(G))*(G))LL*(S*(SLL))LL", kStream, "stream", decode_stream_5),
  VALUE_SKIP(28, "array",          kInRedis,      14, kAnyVersion,
        "count, insert flag L, [index L], count times: index L, tag L, S or 8", skip_array,
        kArray, "sliced-array", decode_array),
  VALUE_REFUSED(29, "gcra",        kInRedis,      14, 14,            "L",     kString, kUnsupportedValue),
  UNREADABLE(29, "hash-template-listpack (DUMP only)", kInRedis,     kUnsupportedRecord),
  VALUE(30, "hash-template-listpack-ref", kInRedis, 15, kAnyVersion, "S",     kHash,   "template-listpack", decode_template_listpack),
  UNREADABLE(31, "hash-template-array (DUMP only)", kInRedis,        kUnsupportedRecord),
  VALUE_SKIP(32, "hash-template-array-ref", kInRedis, 15, kAnyVersion,
        "template id L, as many S as the template has fields", skip_template_array,
        kHash, "template-array", decode_template_array),
  UNREADABLE(33, "gcra or bitmap", kInRedis,       kUnsupportedRecord),
  VALUE(30, "json",                kInDragonfly,   1, kAnyVersion,   "S",     kJson,   "raw",        decode_json),
  VALUE(31, "hash-with-expiry",    kInDragonfly,   1, kAnyVersion,   "*(SSS)", kHash,  "hashtable",  decode_fields_text_expiry),
  VALUE(32, "set-with-expiry",     kInDragonfly,   1, kAnyVersion,   "*(SS)", kSet,    "hashtable",  decode_members_text_expiry),
  VALUE_SKIP(33, "bloom-filter",   kInDragonfly,   1, kAnyVersion,   "L88LLL*(LS)", skip_bloom,
        kSketch, "raw", decode_bloom),
  VALUE_SKIP(34, "bloom-filter-2", kInDragonfly,   1, kAnyVersion,
        "L88LLL, count, count times: L and a total L, then L and bytes to the total", skip_bloom_2,
        kSketch, "raw", decode_bloom_2),
  VALUE_SKIP(35, "count-min-sketch", kInDragonfly, 1, kAnyVersion,
        "width L, depth L, L, width * depth times 8", skip_count_min,
        kSketch, "raw", decode_count_min),
  VALUE_SKIP(36, "top-k",          kInDragonfly,   1, kAnyVersion,   "LLLL8*(SL)S", skip_top_k,
        kSketch, "raw", decode_top_k),
  VALUE_SKIP(37, "cuckoo-filter",  kInDragonfly,   1, kAnyVersion,
        "LLLLLL, count, count times: a total L, then L and bytes to the total", skip_cuckoo,
        kSketch, "raw", decode_cuckoo),
  VALUE(64, "cron",                kInRedisMagic,  1, 9,             "S88*(S)*(S)", kCron, "raw",    decode_cron),

  //     byte role      name                 dialects        first  layout     handler
  UNREADABLE(100, "gd-dict (Redis Enterprise)", kInRedis,  kUnsupportedRecord),
  UNREADABLE(101, "gcas (Redis Enterprise)",    kInRedis,  kUnsupportedRecord),
  UNREADABLE(102, "gflags (Redis Enterprise)",  kInRedis,  kUnsupportedRecord),
  UNREADABLE(103, "Redis Enterprise opcode",    kInRedis,  kUnsupportedRecord),
  UNREADABLE(104, "Redis Enterprise opcode",    kInRedis,  kUnsupportedRecord),
  UNREADABLE(105, "Redis Enterprise opcode",    kInRedis,  kUnsupportedRecord),
  UNREADABLE(106, "Redis Enterprise opcode",    kInRedis,  kUnsupportedRecord),
  UNREADABLE(107, "Redis Enterprise opcode",    kInRedis,  kUnsupportedRecord),
  UNREADABLE(121, "slot-num (Redis Enterprise)", kInRedis, kUnsupportedRecord),
  RECORD(200, kOpcode,    "full-sync-end",    kInDragonfly,   1,  "8",         nullptr),
  RECORD(201, kOpcode,    "zstd-block",       kInDragonfly,   1,  "S",         read_zstd_block),
  RECORD(202, kOpcode,    "lz4-block",        kInDragonfly,   1,  "S",         read_lz4_block),
  RECORD(210, kOpcode,    "journal-blob",     kInDragonfly,   1,  "LS",        nullptr),
  RECORD(211, kOpcode,    "journal-offset",   kInDragonfly,   1,  "8",         nullptr),
  RECORD_SKIP(220, kAttribute, "key-mask",    kInDragonfly,   1,  "4, [4]", skip_key_mask, nullptr),
  RECORD_SKIP(222, kOpcode, "vector-index",   kInDragonfly,   1,
        "SL, count, count times: 4 8, level 4, level + 1 times: count 4, count times 4",
        skip_vector_index, nullptr),
  RECORD(223, kOpcode,    "shard-doc-index",  kInDragonfly,   1,  "LS*(SL)",   nullptr),
  RECORD_SKIP(224, kOpcode, "tagged-chunk",   kInDragonfly,   1,  "4, length 4, bytes",
        skip_tagged_chunk, read_tagged_chunk),
  RECORD(242, kOpcode,    "hash-template",    kInRedis,       15, "L*(S)",     read_hash_template),
  RECORD(243, kOpcode,    "slot-import",      kInValkeyMagic, 80, "S*(LL)",    read_slot_import),
  RECORD(243, kAttribute, "key-metadata",     kInRedis,       13, "*(4T)",     read_key_metadata),
  RECORD(244, kOpcode,    "slot-info",        kInAll,         12, "LLL",       read_slot_info),
  RECORD(245, kOpcode,    "function-2",       kInAll,         10, "S",         read_function),
  RECORD_REFUSED(246,     "function-pre-ga",  kInAll,         10, "SS*(S)S",   kPreReleaseRecord),
  RECORD(247, kOpcode,    "module-aux",       kInAll,         9,  "M",         read_module_aux),
  RECORD(248, kAttribute, "idle",             kInAll,         9,  "L",         read_idle),
  RECORD(249, kAttribute, "freq",             kInAll,         9,  "1",         read_freq),
  // Redis Enterprise writes AUX into files of version 6.
  RECORD(250, kAux,       "aux",              kInAll,         6,  "SS",        read_aux),
  RECORD(251, kOpcode,    "resize-db",        kInAll,         7,  "LL",        read_resize_db),
  RECORD(252, kAttribute, "expire-ms",        kInAll,         3,  "8",         read_expire_ms),
  RECORD(253, kAttribute, "expire-seconds",   kInAll,         1,  "4",         read_expire_seconds),
  RECORD(254, kOpcode,    "select-db",        kInAll,         1,  "L",         read_select_db),
  RECORD(255, kEnd,       "end",              kInAll,         1,  "",          read_end),
});
// clang-format on

uint8_t dialect_bit(const FileContext& file) {
  switch (file.dialect) {
    case Dialect::kRedis:
      return kInRedis;
    case Dialect::kValkey:
      return file.valkey_magic ? kInValkeyMagic : kInValkey;
    case Dialect::kDragonfly:
      return kInDragonfly;
    case Dialect::kKeyDb:
      return kInKeyDb;
  }
  return kInRedis;
}

}  // namespace

std::span<const RdbRow> grammar_rows() {
  return kRows;
}

bool is_about_next_key(const RdbRow& row, const Cursor& start) {
  if (row.role == RowRole::kAux) return is_aux_named(start, kMvccAux);
  return row.role == RowRole::kAttribute;
}

void select_rows(FileContext& file) {
  file.rows.fill(nullptr);
  const uint8_t bit = dialect_bit(file);
  for (const RdbRow& row : kRows) {
    if ((row.dialects & bit) == 0 || file.version > row.last_version) continue;
    const RdbRow*& chosen = file.rows[row.byte];
    // Servers accept every row that they know in every older version, so an early row still stands
    // where no other wants the byte.
    const bool better = chosen == nullptr ||
                        (chosen->first_version > file.version && row.first_version <= file.version);
    if (better) chosen = &row;
  }
}

}  // namespace rdbproof
