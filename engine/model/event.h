// Events: what decoding yields, and what accumulators eat. The same events come from a file in any
// dialect and encoding, and know nothing of either.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/finding.h"
#include "engine/model/value_type.h"

namespace rdbproof {

inline constexpr uint64_t kNoExpiry = ~uint64_t{0};

// A key as far as it is known before its value. Views are valid until end_key() returns.
struct Key {
  Bytes name;
  uint64_t offset = 0;  // of the record's first byte, attributes included
  ValueType type = ValueType::kString;
  std::string_view module_type;  // of modules only: the type's name
  bool has_expiry = false;
  int64_t expire_at_ms = 0;  // Unix time; negative times occur and are in the past

  std::string_view type_name() const { return module_type.empty() ? name_of(type) : module_type; }
};

// What is known of a value once it was decoded.
struct ValueSummary {
  std::string_view encoding;  // as OBJECT ENCODING names it; a literal
  uint64_t elements = 0;      // 1 for a string; fields, members, entries ... for the others
  uint64_t bytes = 0;         // length of the elements as canonical text: what a client would read
  uint64_t expiring_elements =
      0;                    // hash fields (and KeyDB members) that have an expiry of their own
  uint64_t end_offset = 0;  // behind the record's last byte
};

// A record that is neither a key nor an attribute of one.
struct OtherRecord {
  uint8_t byte;         // its first
  uint64_t offset;      // of that
  uint64_t end_offset;  // behind its last
};

// The keys that follow, up to the next of these, are in a cluster slot.
struct SlotInfo {
  uint64_t slot;
  uint64_t keys;     // as the file states
  uint64_t expires;  // of these, with an expiry
};

enum class ElementKind : uint8_t {
  kItem,              // a: the string's value, or a list item; in order
  kMember,            // a: a set member
  kField,             // a: field, b: value, x: expiry in ms or kNoExpiry
  kScored,            // a: member, x: bits of the score as an IEEE double
  kMemberExpiry,      // a: member, x: expiry in ms (KeyDB, after the members)
  kStreamEntry,       // x: ms, y: sequence; its fields follow
  kStreamField,       // a: field, b: value
  kStreamLastId,      // x: ms, y: sequence; once, after the entries
  kStreamGroup,       // a: name, x, y: last delivered id; what follows belongs to it
  kStreamConsumer,    // a: name; once per consumer, before its pending entries
  kStreamPending,     // x, y: id, a: consumer (empty view without data: none), z: deliveries
  kArrayItem,         // x: index, a: text as ARGET answers it
  kArrayInsertIndex,  // x: index; absent when never set
  kVector,            // a: element name, b: stored vector
  kVectorAttribute,   // a: element name, b: attribute; only where it is not empty
  kVectorSetInfo,     // x: dimension, y: quantisation; once, before the elements
  kToken,             // of a value that is opaque to us: x: kind of token, a: string, y: number
};

// One element. Which members mean what says its kind. Views are valid during elements() only.
struct Element {
  ElementKind kind;
  Bytes a{};
  Bytes b{};
  uint64_t x = 0;
  uint64_t y = 0;
  uint64_t z = 0;
};

// What modules write, which only they can read.
enum class ModulePart : uint8_t {
  kData,              // values, and what is beside the keys; the type's name
  kMetadata,          // of a key; the class's name
  kOptionalMetadata,  // the same, which servers skip that do not know the class
};

enum class TokenKind : uint8_t { kSigned, kUnsigned, kFloat, kDouble, kString };

class SlicedValue;

// Receives the events of a run of records, in the order of the file. Elements come in batches to
// keep the cost of the call small; a key may have none.
//   select_database* ( begin_key ( elements* ( end_key | drop_key ) )? )*
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual void select_database(uint64_t /*database*/) {}
  virtual void begin_key(const Key& /*key*/) {}
  // Whether to decode the value of the key just begun. False: it is passed by its length, neither
  // end_key() nor drop_key() follows.
  virtual bool wants_value(const Key& /*key*/) { return true; }
  virtual void elements(const Key& /*key*/, std::span<const Element> /*batch*/) {}
  // Instead of elements(), for values of very many elements. False: give them one after the other,
  // from the first; the default.
  virtual bool take_slices(const Key& /*key*/, SlicedValue& /*value*/) { return false; }
  // The value was decoded whole.
  virtual void end_key(const Key& /*key*/, const ValueSummary& /*value*/) {}
  // The value is damaged, unreadable, or empty where servers skip it: forget it. A finding says
  // why.
  virtual void drop_key(const Key& /*key*/) {}
  virtual void aux(Bytes /*name*/, Bytes /*value*/) {}
  virtual void function(Bytes /*source*/) {}
  // Not of values: what those need says their key.
  virtual void needs_module(ModulePart /*part*/, std::string_view /*name*/, uint64_t /*offset*/) {}
  // Numbers that the file states about the current database, for information only.
  virtual void resize_hint(uint64_t /*keys*/, uint64_t /*expires*/) {}
  virtual void slot_info(const SlotInfo& /*slot*/) {}
  // After its own event, if it has one.
  virtual void other_record(const OtherRecord& /*record*/) {}
  virtual void finding(Finding /*finding*/) {}
};

}  // namespace rdbproof
