// How files of cluster nodes list their keys by slot.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/base/bytes.h"
#include "engine/model/event.h"

namespace rdbproof {

inline constexpr uint64_t kClusterSlots = 16384;
inline constexpr uint8_t kSlotInfoByte = 244;   // Redis 7.4
inline constexpr Bytes kSlotAux = "slot-info";  // Valkey 8.0, an AUX field before each slot's keys

// What the value of such a field says: "slot,keys,expires", and since Valkey 9.0 ",keys with field
// expiry". Nothing if servers would not read it either; more at the end may follow.
std::optional<SlotInfo> parse_slot_aux(Bytes value);

}  // namespace rdbproof
