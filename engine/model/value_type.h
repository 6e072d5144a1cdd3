// The types of values, named as Redis' TYPE command names them.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace rdbproof {

enum class ValueType : uint8_t {
  kString,
  kList,
  kSet,
  kZset,
  kHash,
  kStream,
  kModule,     // TYPE answers the module's own type name: see Key::module_type
  kVectorSet,  // a module value in the file, a type of its own since Redis 8.0
  kArray,      // Redis 8.8
  kCron,       // KeyDB; its TYPE command answers "unknown"
  kJson,       // Dragonfly
  kSketch,     // Dragonfly's Bloom and cuckoo filters, count-min sketches, top-k lists
  kCount
};

inline constexpr auto kValueTypeNames =
    std::to_array<std::string_view>({"string", "list", "set", "zset", "hash", "stream", "module",
                                     "vectorset", "array", "unknown", "ReJSON-RL", "sketch"});
static_assert(kValueTypeNames.size() == static_cast<size_t>(ValueType::kCount));

constexpr std::string_view name_of(ValueType type) {
  return kValueTypeNames[static_cast<size_t>(type)];
}

// What one element of a value is called in messages; empty where there is only one.
inline constexpr auto kElementNouns = std::to_array<std::string_view>(
    {"", "item", "member", "member", "field", "entry", "token", "element", "item", "", "", ""});
static_assert(kElementNouns.size() == kValueTypeNames.size());

constexpr std::string_view element_noun(ValueType type) {
  return kElementNouns[static_cast<size_t>(type)];
}

// Containers vanish with their last element; servers skip empty ones while loading.
constexpr bool is_container(ValueType type) {
  return type == ValueType::kList || type == ValueType::kSet || type == ValueType::kZset ||
         type == ValueType::kHash || type == ValueType::kArray || type == ValueType::kVectorSet;
}

}  // namespace rdbproof
