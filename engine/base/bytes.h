// Views of bytes and the few helpers everything shares.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

namespace rdbproof {

// A view of bytes that somebody else owns; the contract of each function says how long it is valid.
using Bytes = std::string_view;

// Reads a little-endian T from `data`, which must hold sizeof(T) bytes.
template <typename T>
T load_le(const char* data) {
  static_assert(std::endian::native == std::endian::little, "big-endian hosts are not supported");
  T value;
  std::memcpy(&value, data, sizeof value);
  return value;
}

// Lower-case hexadecimal of `data`.
std::string to_hex(Bytes data);

}  // namespace rdbproof
