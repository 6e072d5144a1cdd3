// Renders how two values differ, a line or an object a change.
#pragma once

#include <string>

#include "engine/diff/value_difference.h"
#include "engine/report/report_parts.h"

namespace rdbproof {

struct DifferenceStyle {
  bool show_values = false;      // else only how long they are; names and scores are always shown
  size_t most_text = 60;         // characters of a name or value, escaped, in a line
  size_t most_json = 64 * 1024;  // bytes of a value, and fields of an entry, in JSON
};

// One line without a newline: `field "email" changed (12 to 15 bytes)`. Safe for terminals.
std::string render_change(const Change& change, const DifferenceStyle& style);

// An array of the changes that were kept; names are a contract: docs/json.md. To be passed through
// escape_json_text() once it is text.
Json changes_json(const ValueDifference& difference, const DifferenceStyle& style);

// The counts of subjects that have changes: {"field": {"added": 1, "removed": 0, "changed": 2}}.
Json change_counts_json(const ValueDifference& difference);

}  // namespace rdbproof
