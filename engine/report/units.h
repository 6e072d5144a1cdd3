// Numbers for people.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rdbproof {

std::string format_bytes(uint64_t bytes);                 // "1.21 GB", "512 B"; powers of ten
std::string format_count(uint64_t count);                 // "2,850,123"
std::string format_seconds(double seconds);               // "0.21 s", "2 min 05 s"
std::string format_rate(uint64_t bytes, double seconds);  // "5.1 GB/s"

// "1 key", "2,000 keys".
std::string plural(uint64_t count, std::string_view noun);

}  // namespace rdbproof
