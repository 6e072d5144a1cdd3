// KeyDB keeps facts about single keys in AUX records between them. KeyDB 6.3.4 src/rdb.cpp.
//   mvcc-tstamp: before the type byte of its key
//   keydb-subexpire-key, keydb-subexpire-when: a pair for each expiring member, after the key
#pragma once

#include "engine/base/cursor.h"
#include "engine/rdb/primitives.h"

namespace rdbproof {

inline constexpr uint8_t kAuxByte = 250;
inline constexpr Bytes kMvccAux = "mvcc-tstamp";
inline constexpr Bytes kMemberAux = "keydb-subexpire-key";
inline constexpr Bytes kMemberExpiryAux = "keydb-subexpire-when";
// Whether only KeyDB writes an AUX field of this name about a key.
inline bool is_keydb_name(Bytes name) {
  return name == kMvccAux || name.starts_with("keydb-");
}

// Enough to tell any of these records by.
inline constexpr uint64_t kKeyAuxBytes = 2 + kMemberExpiryAux.size();

// Whether the record at `in`, which is not moved, is an AUX of this name.
inline bool is_aux_named(Cursor in, Bytes name) {
  if (in.peek() != kAuxByte) return false;
  in.skip(1);
  const uint64_t length = read_length(in);
  return in && length == name.size() && in.take(length) == name;
}

inline bool is_member_expiry_aux(const Cursor& in) {
  return is_aux_named(in, kMemberAux) || is_aux_named(in, kMemberExpiryAux);
}

}  // namespace rdbproof
