// What the beginning of a file settles for all that follows. Read-only while records are decoded.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/limits.h"

namespace rdbproof {

enum class Dialect : uint8_t { kRedis, kValkey, kDragonfly, kKeyDb };

std::string_view dialect_name(Dialect dialect);

// Files of older versions end with the end-of-file record.
inline constexpr uint32_t kFirstVersionWithChecksum = 5;

struct RdbRow;

// Field names shared by many hashes (Redis 8.10, opcode 242).
using HashTemplate = std::vector<std::string>;

struct FileContext {
  Dialect dialect = Dialect::kRedis;
  bool valkey_magic = false;
  uint32_t version = 0;
  Limits limits;
  // The grammar of this dialect and version: by first byte of a record, null where it is unknown.
  std::array<const RdbRow*, 256> rows{};
  boost::unordered_flat_map<uint64_t, HashTemplate> templates;
  uint64_t template_bytes = 0;
  bool has_slots = false;        // keys are listed by cluster slot
  bool is_log_preamble = false;  // the snapshot at the front of an append-only file

  // False: the templates of this file take more memory than they may.
  bool take_template_bytes(uint64_t count) {
    template_bytes += count;
    return template_bytes <= limits.max_decompressed_bytes / 4;
  }

  // Null if the file has no template of this id.
  const HashTemplate* find_template(uint64_t id) const {
    const auto found = templates.find(id);
    return found == templates.end() ? nullptr : &found->second;
  }
};

}  // namespace rdbproof
