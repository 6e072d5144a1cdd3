// Text that is safe to show: keys and values are bytes that anybody may have chosen.
#pragma once

#include <optional>
#include <string>

#include "engine/base/bytes.h"

namespace rdbproof {

bool is_valid_utf8(Bytes data);

// `data` for a terminal or a log: printable characters as they are; control characters, C1,
// bidirectional and line-breaking controls, invalid UTF-8 and the backslash as \xHH (\\ for the
// backslash). The result holds no byte that a terminal interprets.
// Longer results than `max_length` are cut and end in "...".
std::string escape_for_terminal(Bytes data, size_t max_length = ~size_t{0});

std::string to_base64(Bytes data);
// Absent if `text` is not what to_base64() gives.
std::optional<std::string> from_base64(Bytes text);

// Appends `data`, which must be valid UTF-8, as a JSON string with its quotes. What
// escape_for_terminal() escapes stands as \uXXXX.
void append_json_string(std::string& out, Bytes data);

// The same for a whole JSON text, which must be valid: its strings then are as safe, and mean what
// they meant.
std::string escape_json_text(Bytes json);

}  // namespace rdbproof
