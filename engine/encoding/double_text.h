// Doubles as text, the way servers since Redis 7.2 print them for DEBUG DIGEST and ARGET.
#pragma once

#include <cstddef>
#include <string>

namespace rdbproof {

// What the write functions may need of `out`. They return the end of the text.
inline constexpr size_t kMostDoubleText = 40;

// The text of the Grisu2 printer (fpconv) that Redis 7.2 and later and Valkey bundle. It always
// reads back as the same double but is not always the shortest text: std::to_chars differs for 2-3
// %.
char* write_grisu2(char* out, double number);
std::string grisu2_text(double number);

// C's "%.17g", which servers up to Redis 7.0 and KeyDB use.
char* write_percent_17g(char* out, double number);
std::string percent_17g_text(double number);

// A floating point element of an array as ARGET answers it (Redis 8.8): always with a point or an
// exponent.
std::string array_double_text(double number);

}  // namespace rdbproof
