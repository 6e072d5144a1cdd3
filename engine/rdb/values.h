// The decoders that the grammar table names, by the shape of what they read.
#pragma once

#include "engine/rdb/value_reader.h"

namespace rdbproof {

// plain_values.cc: strings one after the other
void decode_string(ValueReader& value);
void decode_items(ValueReader& value, uint64_t count);          // lists and sets
void decode_text_scores(ValueReader& value, uint64_t count);    // type 3
void decode_binary_scores(ValueReader& value, uint64_t count);  // type 5
void decode_fields(ValueReader& value, uint64_t count);         // type 4
void decode_fields_relative_expiry(ValueReader& value);         // Redis 7.4, type 24
void decode_fields_absolute_expiry(ValueReader& value);         // Redis 7.4 rc, type 22
void decode_fields_trailing_expiry(ValueReader& value);         // Valkey 9, type 22

// packed_values.cc: one blob, or a list of them
void decode_ziplist_items(ValueReader& value);
void decode_ziplist_scores(ValueReader& value);
void decode_ziplist_fields(ValueReader& value);
void decode_zipmap_fields(ValueReader& value);
void decode_intset_items(ValueReader& value);
void decode_listpack_items(ValueReader& value);
void decode_listpack_scores(ValueReader& value);
void decode_listpack_fields(ValueReader& value);
void decode_listpack_expiring_fields(ValueReader& value);         // Redis 7.4, type 25
void decode_listpack_expiring_fields_pre_ga(ValueReader& value);  // Redis 7.4 rc, type 23
void decode_quicklist(ValueReader& value, uint64_t count);        // type 14
void decode_quicklist_2(ValueReader& value, uint64_t count);      // type 18

// stream_value.cc
void decode_stream_1(ValueReader& value);
void decode_stream_2(ValueReader& value);
void decode_stream_3(ValueReader& value);
void decode_stream_4(ValueReader& value);
void decode_stream_5(ValueReader& value);

// module_value.cc
void decode_module(ValueReader& value);
// vector_set.cc; decode_module() calls it once it knows the module
void decode_vector_set(ValueReader& value);

// array_value.cc
void decode_array(ValueReader& value);
void skip_array(Cursor& in, const FileContext& file);

// hash_template.cc: Redis 8.10
void decode_template_listpack(ValueReader& value);
void decode_template_array(ValueReader& value);
void skip_template_array(Cursor& in, const FileContext& file);

// keydb_value.cc
void decode_cron(ValueReader& value);

// dragonfly_values.cc
void decode_json(ValueReader& value);
void decode_fields_text_expiry(ValueReader& value);
void decode_members_text_expiry(ValueReader& value);

// dragonfly_sketches.cc
void decode_bloom(ValueReader& value);
void decode_bloom_2(ValueReader& value);
void decode_count_min(ValueReader& value);
void decode_top_k(ValueReader& value);
void decode_cuckoo(ValueReader& value);
void skip_bloom(Cursor& in, const FileContext& file);
void skip_bloom_2(Cursor& in, const FileContext& file);
void skip_count_min(Cursor& in, const FileContext& file);
void skip_top_k(Cursor& in, const FileContext& file);
void skip_cuckoo(Cursor& in, const FileContext& file);

}  // namespace rdbproof
