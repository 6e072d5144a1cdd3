#include "engine/target/effect.h"

namespace rdbproof {
namespace {

Effect effect_of_duplicate(const Release& release) {
  if (release.has(kTakesLastDuplicate)) return Effect::kIgnores;
  // KeyDB's active replicas merge what they load.
  if (release.product == Product::kKeyDb) return Effect::kUnknown;
  return release.has(kExitsOnDuplicateKey) ? Effect::kRefuses : Effect::kAborts;
}

// Since Redis 7.0 they become listpacks while they are loaded, which walks them.
bool converts_old_encodings(const Release& release) {
  return release.newest_rdb >= 10 && release.product != Product::kDragonfly;
}

// Of the records that this build cannot read those of Redis 8.10 may be of use to a server; others
// are of Redis Enterprise and of Dragonfly.
bool knows_no_more_than_we(const Release& release) {
  return release.product != Product::kDragonfly &&
         (release.product != Product::kRedis || release.newest_rdb < 15);
}

// Which must stand directly before its key, while a server gives a misplaced expiry to the next.
bool has_key_metadata(const Release& release) {
  return release.product == Product::kRedis && release.newest_rdb >= 13;
}

}  // namespace

std::string_view effect_name(Effect effect) {
  switch (effect) {
    case Effect::kNone:
      return "none";
    case Effect::kIgnores:
      return "ignores";
    case Effect::kDepends:
      return "depends";
    case Effect::kUnknown:
      return "unknown";
    case Effect::kRefuses:
      return "refuses";
    case Effect::kAborts:
      return "aborts";
  }
  return "unknown";
}

Effect effect_of(Code code, const Release& release) {
  switch (code) {
    case Code::kEmptyFile:
    case Code::kBadMagic:
    case Code::kForeignFormat:
    case Code::kNewerVersion:
    case Code::kTruncated:
    case Code::kMissingEnd:
    case Code::kMissingFooter:
    case Code::kChecksumMismatch:
    case Code::kUnknownOpcode:
    case Code::kPreReleaseRecord:
    case Code::kLengthBeyondEnd:
    case Code::kBadString:
    case Code::kBadFunction:
      return Effect::kRefuses;
    case Code::kBadZiplist:
    case Code::kBadZipmap:
    case Code::kBadQuicklist:
      return converts_old_encodings(release) ? Effect::kRefuses : Effect::kUnknown;
    case Code::kUnsupportedRecord:
      return knows_no_more_than_we(release) ? Effect::kRefuses : Effect::kUnknown;
    case Code::kMisplacedAttribute:
      return has_key_metadata(release) ? Effect::kUnknown : Effect::kIgnores;
    case Code::kDuplicateKey:
      return effect_of_duplicate(release);
    case Code::kEmptyContainer:
      return release.has(kKeepsEmptyValues) ? Effect::kUnknown : Effect::kNone;
    case Code::kTrailingBytes:
    case Code::kRepeatedAttribute:  // the last one counts
    case Code::kNewerRecord:        // a server's own version decides, not that of the file
    case Code::kBadOrder:
      return Effect::kIgnores;
    case Code::kTargetRefuses:
    case Code::kTargetAborts:
    case Code::kTargetDepends:
      return Effect::kNone;
    default:
      return kind_of(code).severity <= Severity::kReservation ? Effect::kNone : Effect::kUnknown;
  }
}

}  // namespace rdbproof
