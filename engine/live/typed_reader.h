#pragma once
#include "engine/resp/connection.h"
namespace rdbproof {
struct TypedOptions {
  uint64_t page_elements = 1000;
  uint64_t page_bytes = 4 << 20;
  bool has_field_expiry = false;
};
inline Async<std::optional<std::string>> read_typed(ServerConnection&, const std::string&,
                                                    const std::string&, const TypedOptions&) {
  co_return fail("not yet");
}
}  // namespace rdbproof
