// Server releases, and what each of them reads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "engine/rdb/file_context.h"
#include "engine/rdb/grammar.h"

namespace rdbproof {

enum class Product : uint8_t { kRedis, kValkey, kKeyDb, kDragonfly };

std::string_view product_name(Product product);

// Where a release does not do what Redis 7 does.
enum Quirk : uint16_t {
  kNoQuirks = 0,
  kNoCluster = 1 << 0,
  kExitsOnDuplicateKey = 1 << 1,   // others abort
  kTakesLastDuplicate = 1 << 2,    // others abort
  kKeepsEmptyValues = 1 << 3,      // others skip them
  kHasVectorSets = 1 << 4,         // without a module
  kReadsValkeyMagic = 1 << 5,      // and then ties magic and version together
  kReadsEnvelope = 1 << 6,         // Valkey's own, around LZ4
  kDropsExpiredFields = 1 << 7,    // and with them a hash that has no others
  kHasClusterDatabases = 1 << 8,   // cluster mode has a number of databases of its own
  kUnknownModuleLoading = 1 << 9,  // how it reads what modules wrote is not known
};

struct Release {
  Product product;
  uint16_t major;
  uint16_t minor;
  uint32_t oldest_rdb;
  uint32_t newest_rdb;  // with its own magic
  uint16_t quirks;      // Quirk bits

  bool has(Quirk quirk) const { return (quirks & quirk) != 0; }
};

// By product, oldest first.
std::span<const Release> releases();

std::string release_name(const Release& release);  // "redis 7.2"
// All of them, a line a product, for a message.
std::string releases_text();

enum class HeaderFit : uint8_t {
  kReads,
  kForeignMagic,
  kTooOld,
  kTooNew,
  kForeignVersion,  // Valkey: of a later Redis, readable with rdb-version-check relaxed
};

HeaderFit fit_header(const Release& release, bool valkey_magic, uint32_t version, bool is_relaxed);

// Whether the release reads records of this row in files of that magic.
bool knows_row(const Release& release, const RdbRow& row, bool valkey_magic);
// Another meaning that the row's byte has for this release; null if it has none.
const RdbRow* other_meaning(const Release& release, const RdbRow& row, bool valkey_magic);

}  // namespace rdbproof
