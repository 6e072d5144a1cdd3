// What DUMP answers: a value as in a file, behind it version and checksum.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/base/bytes.h"
#include "engine/rdb/file_context.h"

namespace rdbproof {

struct DumpPayload {
  Bytes body{};  // attributes of the key (Redis 8.6 up), type byte, value
  uint16_t version = 0;
  bool checksum_matches = false;  // or is zero: not computed
};

// Absent if it is too short for one.
std::optional<DumpPayload> read_dump_payload(Bytes payload);

// Whether the bytes are function libraries as they stand in a file, and nothing else: what FUNCTION
// DUMP answers.
bool are_function_records(const FileContext& file, Bytes body);

// Appends the key as it would stand in a file. False, and nothing appended, if the body is not
// exactly one value of a type that `file` may hold.
bool append_key_record(std::string& out, const FileContext& file, Bytes name,
                       std::optional<int64_t> expire_at_ms, Bytes body);

}  // namespace rdbproof
