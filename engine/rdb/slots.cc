#include "engine/rdb/slots.h"

#include <charconv>

namespace rdbproof {

std::optional<SlotInfo> parse_slot_aux(Bytes value) {
  SlotInfo info{};
  const char* place = value.data();
  const char* const end = place + value.size();
  for (uint64_t* const number : {&info.slot, &info.keys, &info.expires}) {
    if (number != &info.slot) {
      if (place == end || *place != ',') return std::nullopt;
      ++place;
    }
    const auto [behind, error] = std::from_chars(place, end, *number);
    if (error != std::errc()) return std::nullopt;
    place = behind;
  }
  return info;
}

}  // namespace rdbproof
