// The hash of a key: of its name and its database.
#pragma once

#include "engine/hash/hash128.h"

namespace rdbproof {

// The hash of a key is that of its name, with bits of its high half flipped by its database: one
// that was made without its database can be completed, and the low half is the same in all.
inline Uint128 database_bits(uint64_t database) {
  return make_uint128((database + 1) * 0x9e3779b97f4a7c15, 0);
}

}  // namespace rdbproof
