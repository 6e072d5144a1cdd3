// What lines and objects of changes have in common.
#pragma once

#include <string>
#include <string_view>

#include "engine/diff/value_difference.h"

namespace rdbproof {

// As the JSON contract names them.
std::string_view subject_name(Subject subject);
std::string_view change_name(ChangeKind kind);

// Of a stream entry: "1526919030474-55".
std::string id_text(const Element& element);
// As Redis writes it.
std::string score_text(const Element& element);
// What of an element is shown or measured as its value.
Bytes value_of(const Element& element);
// Of a module's value, whether it is a string.
bool is_string_token(const Element& element);

}  // namespace rdbproof
