// How two values of one type differ.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/diff/captured_value.h"
#include "engine/diff/element_order.h"
#include "engine/model/value_type.h"

namespace rdbproof {

enum class ChangeKind : uint8_t {
  kAdded,    // only in b
  kRemoved,  // only in a
  kChanged,
};

// What of a value a change is about.
enum class Subject : uint8_t {
  kString,         // positions: of the first byte that differs; lengths: bytes
  kItems,          // of a list that is too long or too different for an edit script; positions: of
                   // the first item that differs; lengths: items
  kItem,           // of a list; position_a, position_b: where it is in those sides it is in
  kField,          // of a hash; changed: its value
  kFieldExpiry,    // of a field that both sides have
  kMember,         // of a set, or with its score
  kMemberExpiry,   // KeyDB's
  kEntry,          // of a stream; positions: of the first field that differs; lengths: fields
  kLastId,         // of a stream
  kGroup,          // changed: the last delivered id
  kConsumer,       // of a group that both sides have
  kPending,        // likewise; changed: consumer or deliveries
  kArrayItem,      // Element::x is its index
  kInsertIndex,    // of an array
  kVectorElement,  // changed: the vector
  kAttribute,      // of an element of a vector set
  kVectorSetInfo,  // dimension and quantisation
  kTokens,  // of what is opaque to us; positions: the first token that differs; lengths: tokens
  kCount
};

// One change. Elements and views point into the values that were compared.
struct Change {
  ChangeKind kind = ChangeKind::kChanged;
  Subject subject = Subject::kString;
  std::optional<Element> before{};  // none if added, or where a side ends before the position
  std::optional<Element> after{};   // none if removed, or likewise
  Bytes group{};                    // whose consumer or pending entry it is
  uint64_t position_a = 0;          // counted from 0
  uint64_t position_b = 0;
  uint64_t length_a = 0;
  uint64_t length_b = 0;
  ElementRange fields_before{};  // of stream entries
  ElementRange fields_after{};

  // The side that there is; b's if there are both, the default if there is none.
  Element element() const { return after ? *after : before.value_or(Element{ElementKind::kItem}); }
};

struct ChangeCounts {
  uint64_t added = 0;
  uint64_t removed = 0;
  uint64_t changed = 0;

  uint64_t total() const { return added + removed + changed; }
  bool operator==(const ChangeCounts&) const = default;
};

struct DifferenceOptions {
  bool ignore_expiry = false;        // of fields and members
  uint64_t expiry_tolerance_ms = 0;  // expiries that are no further apart are equal
  size_t most_changes = 1000;        // that are kept; all are counted
  size_t most_script_items = 4096;   // a side, between what both sides begin and end with
  size_t most_script_edits = 1000;
};

struct ValueDifference {
  std::vector<Change> changes;  // by subject, then by name, id or position
  std::array<ChangeCounts, static_cast<size_t>(Subject::kCount)> counts{};

  const ChangeCounts& count(Subject subject) const { return counts[static_cast<size_t>(subject)]; }
  uint64_t total() const;
  bool is_empty() const { return total() == 0; }
};

// Compares two values of `type`, none of which is too large; equal ones, as docs/fingerprint.md
// defines it, have no difference. Sorts, and needs up to 16 bytes an element beside the values.
// Elements without order are multisets: damaged input may repeat them. Several consumer groups of
// the same name are matched in their order by last delivered id and position. The difference of
// (b, a) is that of (a, b) with sides changed.
ValueDifference compare_values(ValueType type, const CapturedValue& a, const CapturedValue& b,
                               const DifferenceOptions& options);

}  // namespace rdbproof
