// Values that Dragonfly writes in a form of its own: JSON, and hashes and sets whose members
// expire. There is no server to try them against here; the facts are from Dragonfly's
// src/server/rdb_save.cc and rdb_load.cc of August 2026.
#include <charconv>
#include <limits>

#include "engine/rdb/values.h"

namespace rdbproof {
namespace {

// Expiries are integer strings that count seconds from 2023-02-01 00:00 UTC, -1 for none
// (src/server/common.h, kMemberExpiryBase). The server holds them in 32 bits, all ones for none.
constexpr uint64_t kExpiryBaseSeconds = 1675209600;
constexpr int64_t kNoExpirySeconds = -1;

uint64_t read_member_expiry(ValueReader& value) {
  const Bytes text = value.read_text().text;
  if (!value.in) return kNoExpiry;
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) {
    value.in.fail(Code::kBadExpiry, "it is not a number");
    return kNoExpiry;
  }
  if (seconds == kNoExpirySeconds) return kNoExpiry;
  if (seconds < 0 || seconds >= std::numeric_limits<uint32_t>::max()) {
    value.in.fail(Code::kBadExpiry, "of a member");
    return kNoExpiry;
  }
  return (kExpiryBaseSeconds + static_cast<uint64_t>(seconds)) * 1000;
}

}  // namespace

// The document as text; the server refuses an empty one.
void decode_json(ValueReader& value) {
  const Bytes text = value.read_text().text;
  if (!value.in) return;
  if (text.empty()) return value.in.fail(Code::kBadString, "a JSON document without text");
  value.push({value.item_kind, text});
}

void decode_fields_text_expiry(ValueReader& value) {
  const uint64_t count = read_length(value.in);
  for (uint64_t i = 0; i < count; ++i) {
    const Bytes field = value.read_text().text;
    const Bytes text = value.read_text().text;
    const uint64_t expiry = read_member_expiry(value);
    if (!value.in) return;
    if (expiry != kNoExpiry) ++value.summary.expiring_elements;
    value.push({ElementKind::kField, field, text, expiry});
  }
}

void decode_members_text_expiry(ValueReader& value) {
  const uint64_t count = read_length(value.in);
  for (uint64_t i = 0; i < count; ++i) {
    const Bytes member = value.read_text().text;
    const uint64_t expiry = read_member_expiry(value);
    if (!value.in) return;
    const Element item{value.item_kind, member};
    if (expiry == kNoExpiry) {
      value.push(item);
      continue;
    }
    ++value.summary.elements;
    ++value.summary.expiring_elements;
    value.out.push_pair(item, {ElementKind::kMemberExpiry, member, {}, expiry}, member.size());
  }
}

}  // namespace rdbproof
