#include "engine/target/release.h"

#include <array>

namespace rdbproof {
namespace {

constexpr auto kProductNames =
    std::to_array<std::string_view>({"redis", "valkey", "keydb", "dragonfly"});

constexpr uint16_t kRedis20 = kNoCluster | kExitsOnDuplicateKey | kKeepsEmptyValues;
constexpr uint16_t kRedis26 = kNoCluster | kKeepsEmptyValues;
constexpr uint16_t kValkey9 = kReadsValkeyMagic | kHasClusterDatabases;
constexpr uint16_t kDragonfly1 = kTakesLastDuplicate | kUnknownModuleLoading;

// clang-format off
constexpr auto kReleases = std::to_array<Release>({
  // product             release  oldest and newest RDB, quirks
  {Product::kRedis,      2, 0,    1, 1,    kRedis20},
  {Product::kRedis,      2, 2,    1, 1,    kRedis20},
  {Product::kRedis,      2, 4,    1, 2,    kRedis20},
  {Product::kRedis,      2, 6,    1, 6,    kRedis26},
  {Product::kRedis,      2, 8,    1, 6,    kRedis26},
  {Product::kRedis,      3, 0,    1, 6,    kKeepsEmptyValues},
  {Product::kRedis,      3, 2,    1, 7,    kKeepsEmptyValues},
  {Product::kRedis,      4, 0,    1, 8,    kKeepsEmptyValues},
  {Product::kRedis,      5, 0,    1, 9,    kKeepsEmptyValues},
  {Product::kRedis,      6, 0,    1, 9,    kKeepsEmptyValues},
  {Product::kRedis,      6, 2,    1, 9,    kNoQuirks},
  {Product::kRedis,      7, 0,    1, 10,   kNoQuirks},
  {Product::kRedis,      7, 2,    1, 11,   kNoQuirks},
  {Product::kRedis,      7, 4,    1, 12,   kNoQuirks},
  {Product::kRedis,      8, 0,    1, 12,   kHasVectorSets},
  {Product::kRedis,      8, 2,    1, 12,   kHasVectorSets},
  {Product::kRedis,      8, 4,    1, 12,   kHasVectorSets},
  {Product::kRedis,      8, 6,    1, 13,   kHasVectorSets},
  {Product::kRedis,      8, 8,    1, 14,   kHasVectorSets},
  {Product::kRedis,      8, 10,   1, 15,   kHasVectorSets},
  {Product::kValkey,     7, 2,    1, 11,   kNoQuirks},
  {Product::kValkey,     8, 0,    1, 11,   kNoQuirks},
  {Product::kValkey,     8, 1,    1, 11,   kNoQuirks},
  {Product::kValkey,     9, 0,    1, 80,   kValkey9},
  {Product::kValkey,     9, 1,    1, 80,   kValkey9 | kDropsExpiredFields},
  {Product::kValkey,     9, 2,    1, 81,   kValkey9 | kDropsExpiredFields | kReadsEnvelope},
  {Product::kKeyDb,      6, 3,    1, 9,    kNoQuirks},
  {Product::kDragonfly,  1, 0,    5, 12,   kDragonfly1},
});
// clang-format on

// Valkey's numbers: up to 11 the format was that of Redis, from 80 on it is its own.
constexpr uint32_t kLastSharedVersion = 11;
constexpr uint32_t kFirstOwnVersion = 80;

constexpr uint8_t kCron = 64;
constexpr uint8_t kFunction = 245;
constexpr uint8_t kAux = 250;
constexpr uint8_t kExpireSeconds = 253;

// Records that releases do not know although the grammar's versions say so.
struct Unknown {
  uint8_t byte;
  Product product;
  uint32_t to_rdb;  // for releases that read no newer version than this
};
constexpr auto kUnknown = std::to_array<Unknown>({
    // The grammar passes it in all files, because nothing tells a file of KeyDB at once.
    {kCron, Product::kRedis, UINT32_MAX},
    {kCron, Product::kValkey, UINT32_MAX},
    // Redis Enterprise writes it into files of version 6.
    {kAux, Product::kRedis, 6},
    {kFunction, Product::kDragonfly, UINT32_MAX},
    {kExpireSeconds, Product::kDragonfly, UINT32_MAX},
});

uint8_t dialect_bit(const Release& release, bool valkey_magic) {
  switch (release.product) {
    case Product::kRedis:
      return kInRedis;
    case Product::kValkey:
      return valkey_magic ? kInValkeyMagic : kInValkey;
    case Product::kKeyDb:
      return kInKeyDb;
    case Product::kDragonfly:
      return kInDragonfly;
  }
  return 0;
}

// In a file with Redis' magic Valkey 9 takes none of the numbers that the two use differently.
// Valkey 9.0.4 src/rdb.c.
bool is_foreign_to_valkey(const Release& release, uint8_t byte, bool valkey_magic) {
  return release.has(kReadsValkeyMagic) && !valkey_magic && byte >= 22 && byte <= 243;
}

}  // namespace

std::string_view product_name(Product product) {
  return kProductNames[static_cast<size_t>(product)];
}

std::span<const Release> releases() {
  return kReleases;
}

std::string release_name(const Release& release) {
  std::string name(product_name(release.product));
  // Dragonfly's releases do not differ in what is known of them.
  if (release.product == Product::kDragonfly) return name;
  return name + " " + std::to_string(release.major) + "." + std::to_string(release.minor);
}

std::string releases_text() {
  std::string text;
  const Release* last = nullptr;
  for (const Release& release : kReleases) {
    if (last == nullptr || last->product != release.product) {
      if (last != nullptr) text += '\n';
      text += "  " + std::string(product_name(release.product)) + ": ";
    } else {
      text += ", ";
    }
    text += release.product == Product::kDragonfly
                ? std::to_string(release.major) + " (any release)"
                : std::to_string(release.major) + "." + std::to_string(release.minor);
    last = &release;
  }
  return text;
}

HeaderFit fit_header(const Release& release, bool valkey_magic, uint32_t version, bool is_relaxed) {
  if (release.has(kReadsValkeyMagic)) {
    if (valkey_magic) {
      return version <= release.newest_rdb || is_relaxed ? HeaderFit::kReads : HeaderFit::kTooNew;
    }
    if (version <= kLastSharedVersion) return HeaderFit::kReads;
    if (version >= kFirstOwnVersion) return HeaderFit::kForeignMagic;
    return is_relaxed ? HeaderFit::kReads : HeaderFit::kForeignVersion;
  }
  if (valkey_magic) return HeaderFit::kForeignMagic;
  if (version < release.oldest_rdb) return HeaderFit::kTooOld;
  return version <= release.newest_rdb ? HeaderFit::kReads : HeaderFit::kTooNew;
}

bool knows_row(const Release& release, const RdbRow& row, bool valkey_magic) {
  // Of those no release reads any: only pre-releases, Redis Enterprise or DUMP know them.
  if (row.skip == nullptr || row.refusal != Code::kNone) return false;
  if (is_foreign_to_valkey(release, row.byte, valkey_magic)) return false;
  for (const Unknown& unknown : kUnknown) {
    if (unknown.byte == row.byte && unknown.product == release.product &&
        release.newest_rdb <= unknown.to_rdb) {
      return false;
    }
  }
  return (row.dialects & dialect_bit(release, valkey_magic)) != 0 &&
         row.first_version <= release.newest_rdb;
}

const RdbRow* other_meaning(const Release& release, const RdbRow& row, bool valkey_magic) {
  for (const RdbRow& other : grammar_rows()) {
    if (other.byte != row.byte || other.name == row.name) continue;
    if (knows_row(release, other, valkey_magic)) return &other;
  }
  return nullptr;
}

}  // namespace rdbproof
