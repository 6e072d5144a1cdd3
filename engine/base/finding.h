// Findings: what is wrong with, or odd about, the input. One row a code; a new finding is a new
// row.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace rdbproof {

enum class Severity : uint8_t {
  kNote,         // worth knowing, changes nothing
  kReservation,  // something could not be checked: the verdict is at most "reservations"
  kUnsupported,  // this build cannot read it: no statement about its soundness
  kRefused,      // sound bytes that servers refuse to load
  kDamaged,      // the bytes are wrong
};

// clang-format off
// code, slug, severity, sentence, what to do
#define RDBPROOF_FINDINGS(X)                                                                        \
  X(kNone, "none", kNote, "nothing is wrong", "")                                                   \
  X(kEmptyFile, "empty-file", kDamaged, "the file is empty",                                        \
    "the backup was never written; take another copy")                                              \
  X(kBadMagic, "bad-magic", kDamaged, "the file does not begin with REDIS or VALKEY",               \
    "it is not an RDB file, or its first bytes are overwritten")                                    \
  X(kBadVersion, "bad-version", kDamaged, "the version in the header is not a number that a server writes", \
    "the header is damaged; compare with another copy of the file")                                 \
  X(kNewerVersion, "newer-version", kUnsupported, "the format version is newer than this build knows", \
    "use a newer rdbproof")                                                                         \
  X(kForeignFormat, "foreign-format", kUnsupported, "the file is of a kind that this build does not read", \
    "see the documentation for the formats that are read")                                          \
  X(kTruncated, "truncated", kDamaged, "the file ends in the middle of a record",                   \
    "the copy is incomplete, or a length before this place is damaged; fetch it again")                                                       \
  X(kMissingEnd, "missing-end", kDamaged, "the file ends without an end-of-file mark",              \
    "the copy is incomplete; fetch it again")                                                       \
  X(kMissingFooter, "missing-footer", kDamaged, "the checksum after the end-of-file mark is cut off", \
    "the copy is incomplete; fetch it again")                                                       \
  X(kTrailingBytes, "trailing-bytes", kDamaged, "there are bytes after the end of the data",        \
    "something was written over a longer file, or two files were joined; servers ignore the rest")  \
  X(kAlignmentPadding, "alignment-padding", kNote, "bytes follow the end of the data up to a multiple of 4096", \
    "Dragonfly writes its snapshots in whole blocks; servers ignore the rest")                      \
  X(kSyncEndMark, "sync-end-mark", kNote, "the 40-byte end mark of a diskless sync follows the data", \
    "the file was captured from a replication stream; servers ignore the mark")                     \
  X(kChecksumMismatch, "checksum-mismatch", kDamaged, "the checksum does not match the bytes",      \
    "some byte differs from what the server wrote; do not restore this copy")                       \
  X(kChecksumDisabled, "checksum-disabled", kReservation, "the file was written without a checksum", \
    "set rdbchecksum yes on the server that saves")                                                 \
  X(kChecksumAbsent, "checksum-absent", kReservation, "files of this version carry no checksum",    \
    "compare the file's SHA-256 with that of the original")                                         \
  X(kNewerRecord, "newer-record", kDamaged, "a record that servers of the version in the header do not write", \
    "the version in the header is damaged, or the file was edited")                                 \
  X(kAppendedLog, "appended-log", kUnsupported, "an append-only log follows the snapshot; it was not read", \
    "the snapshot before it was verified; the log was not")                                          \
  X(kUnknownOpcode, "unknown-opcode", kDamaged, "a byte that is no type or opcode stands where a record begins", \
    "the bytes before it are damaged, or a newer server wrote the file")                            \
  X(kUnsupportedRecord, "unsupported-record", kUnsupported, "a record of a kind that this build cannot read", \
    "use a newer rdbproof")                                                                         \
  X(kUnsupportedValue, "unsupported-value", kUnsupported, "a value in a form that is not documented well enough to read", \
    "use a newer rdbproof")                                                                         \
  X(kPreReleaseRecord, "pre-release-record", kRefused, "a record that only a release candidate wrote; every release refuses it", \
    "load it with that release candidate and save again with a release")                            \
  X(kLimitExceeded, "limit-exceeded", kUnsupported, "a value is larger than the limits of this run", \
    "raise --max-memory")                                                                           \
  X(kBadLength, "bad-length", kDamaged, "a length is not in any form that the format knows", "")    \
  X(kLengthBeyondEnd, "length-beyond-end", kDamaged, "a length or count exceeds the bytes that are there", "") \
  X(kBadString, "bad-string", kDamaged, "a string is in no encoding that the format knows", "")     \
  X(kBadLzf, "bad-lzf", kDamaged, "an LZF compressed string does not decompress to its stated length", "") \
  X(kBadScore, "bad-score", kDamaged, "a sorted set score is not a number", "")                     \
  X(kBadListpack, "bad-listpack", kDamaged, "a listpack is malformed", "")                          \
  X(kBadZiplist, "bad-ziplist", kDamaged, "a ziplist is malformed", "")                             \
  X(kBadIntset, "bad-intset", kDamaged, "an intset is malformed", "")                               \
  X(kBadZipmap, "bad-zipmap", kDamaged, "a zipmap is malformed", "")                                \
  X(kBadQuicklist, "bad-quicklist", kDamaged, "a node of a quicklist is malformed", "")         \
  X(kBadStream, "bad-stream", kDamaged, "a stream is malformed", "")                                \
  X(kStreamLength, "stream-length", kReservation, "the length that a stream states is not its number of entries; XLEN will answer what is stated", \
    "versions of 2018 wrote such streams after trimming; XTRIM or a copy by XRANGE mends it")      \
  X(kBadModule, "bad-module", kDamaged, "a module value is not a sequence of known tokens", "")     \
  X(kBadVectorSet, "bad-vector-set", kDamaged, "a vector set is malformed", "")                     \
  X(kBadArray, "bad-array", kDamaged, "an array is malformed", "")                                  \
  X(kBadSketch, "bad-sketch", kDamaged, "a Bloom or cuckoo filter, count-min sketch or top-k list is malformed", "") \
  X(kBadTemplate, "bad-template", kDamaged, "a hash refers to a field template that is not there", "") \
  X(kBadExpiry, "bad-expiry", kDamaged, "an expiry time is out of range", "")                       \
  X(kBadKeyMetadata, "bad-key-metadata", kDamaged, "key metadata is malformed", "")                 \
  X(kBadEnvelope, "bad-envelope", kDamaged, "a compressed block does not decompress", "")           \
  X(kTupleIncomplete, "tuple-incomplete", kDamaged, "a packed value ends in the middle of a field-value or member-score pair", "") \
  X(kMisplacedAttribute, "misplaced-attribute", kDamaged, "an expiry, idle time or frequency stands before something that is not a key", \
    "servers give it to the next key that comes")                                                    \
  X(kRepeatedAttribute, "repeated-attribute", kDamaged, "a key has two expiries, or an idle time and a frequency", \
    "no server writes that; servers take the last one")                                              \
  X(kImplausibleExpiry, "implausible-expiry", kReservation, "an expiry before 1970 or after the year 10000", \
    "compare with the server that wrote the file")                                                   \
  X(kImplausibleIdle, "implausible-idle", kReservation, "a key that nobody touched for longer than Redis exists", "") \
  X(kImplausibleAux, "implausible-aux", kReservation, "a field about the file has a value that no server writes", "") \
  X(kSizeHint, "size-hint", kReservation, "the number of keys that the file announces for a database is not the number of keys in it", \
    "keys were lost or added after the server counted them")                                         \
  X(kHugeSizeHint, "huge-size-hint", kRefused, "the file announces so many keys for a database that servers run out of memory, or hang", \
    "salvage writes a copy without the number")                                                      \
  X(kBadSlot, "bad-slot", kDamaged, "a cluster slot that does not exist, or a malformed slot import", "") \
  X(kSlotMismatch, "slot-mismatch", kReservation, "keys are not in the cluster slot, or not as many, as the file announces", "") \
  X(kDatabaseOrder, "database-order", kNote, "a database is selected twice, or after a higher one", \
    "servers write each once, ascending; other programs need not")                                   \
  X(kBadOrder, "bad-order", kDamaged, "the members of a packed sorted set do not ascend by score", \
    "servers load it, and answer range queries wrongly")                                             \
  X(kStreamMetadata, "stream-metadata", kReservation, "ids or counters of a stream contradict its entries", \
    "XINFO STREAM shows them; XSETID mends them")                                                    \
  X(kBadHyperLogLog, "bad-hyperloglog", kReservation, "a string begins like a HyperLogLog but is none that PFCOUNT accepts", \
    "harmless if the application stores such text; a damaged one has crashed servers (CVE-2025-32023)") \
  X(kFieldExpiryHint, "field-expiry-hint", kReservation, "the earliest expiry that a hash announces is not that of its fields", "") \
  X(kBadFunction, "bad-function", kRefused, "a function library that servers refuse: no header, no name, or a name that was there before", \
    "load the file without it: salvage leaves it out")                                               \
  X(kNotCanonical, "not-canonical", kNote, "a form that is longer than what servers write", \
    "another program wrote or edited the file")                                                      \
  X(kTargetRefuses, "target-refuses", kRefused, "the server asked about refuses to load the file", "") \
  X(kTargetAborts, "target-aborts", kRefused, "the server asked about aborts while it loads the file", "") \
  X(kTargetDepends, "target-depends", kReservation, "whether servers load it depends on their configuration", \
    "name the server: --target product:version,databases=16,cluster,modules=a,b")                    \
  X(kEmptyContainer, "empty-container", kNote, "a container without elements; servers skip it while loading", "") \
  X(kDuplicateMember, "duplicate-member", kDamaged, "a member or field occurs twice in its value; servers refuse it or fail later", \
    "no server writes such a value")                                                                \
  X(kDuplicateKey, "duplicate-key", kRefused, "a key occurs twice in its database; servers abort when they load it", \
    "two files were joined, or the file was edited; keep one of the two")                           \
  X(kInSeveralSources, "key-in-several-sources", kReservation, "a key is in more than one source of its side", \
    "shards overlap, or were written at different times: keep the one that has the slot")           \
  X(kDuplicatesUnchecked, "duplicates-unchecked", kReservation, "there are more keys, or members of a key, than this run had room to compare, so one may occur twice", \
    "raise --max-memory, or name a folder with room by --temp-dir: 12 bytes a key, or a member of the largest value, are needed")                                                \
  X(kScannedTwice, "scanned-twice", kUnsupported, "SCAN gave keys more than once, and there was no room to recognise them: counts and fingerprint have them as often", \
    "raise --max-memory, or read with --read-method sync")                                                \
  X(kOpaqueModule, "opaque-module", kReservation, "a module value or module data was walked by its tokens only; what it means was not checked", \
    "let a server with that module load the file")                                                  \
  X(kFunctionNotCompiled, "function-not-compiled", kReservation, "a function library was read but not compiled", \
    "let a server load the file")
// clang-format on

enum class Code : uint16_t {
#define X(code, slug, severity, sentence, advice) code,
  RDBPROOF_FINDINGS(X)
#undef X
      kCount
};

struct FindingKind {
  Code code;
  std::string_view slug;  // stable name, a contract of the JSON report
  Severity severity;
  std::string_view sentence;  // what it means, for people
  std::string_view advice;    // what to do; may be empty
};

inline constexpr auto kFindingKinds = std::to_array<FindingKind>({
#define X(code, slug, severity, sentence, advice) \
  FindingKind{Code::code, slug, Severity::severity, sentence, advice},
    RDBPROOF_FINDINGS(X)
#undef X
});
static_assert(kFindingKinds.size() == static_cast<size_t>(Code::kCount));

constexpr const FindingKind& kind_of(Code code) {
  return kFindingKinds[static_cast<size_t>(code)];
}

std::string_view severity_name(Severity severity);

inline constexpr uint64_t kNoDatabase = ~uint64_t{0};

// One thing that is wrong, and where. `offset` counts bytes of the (decompressed) source from 0.
struct Finding {
  Code code = Code::kNone;
  uint64_t offset = 0;
  uint64_t database = kNoDatabase;
  bool has_key = false;
  std::string key;     // raw bytes; escape before showing
  std::string detail;  // printable ASCII or escaped
  std::string path{};  // inside the value: "node 2, item 57"; numbers count from 0
  // What cannot be read because of it: a record, or all up to the next readable one.
  uint64_t lost_from = 0;
  uint64_t lost_bytes = 0;  // 0: nothing
};

}  // namespace rdbproof
