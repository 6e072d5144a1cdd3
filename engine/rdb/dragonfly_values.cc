// Values and blocks that only Dragonfly writes. There is no server to try them against here.
#include <charconv>

#include "engine/rdb/values.h"

namespace rdbproof {
namespace {

// Expiries are decimal text of Unix seconds, in the file's own integer strings.
bool read_text_expiry(ValueReader& value, uint64_t& expiry) {
  const Bytes text = value.read_text().text;
  int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size()) {
    value.in.fail(Code::kBadExpiry, "it is not a number");
    return false;
  }
  expiry = seconds < 0 ? kNoExpiry : static_cast<uint64_t>(seconds) * 1000;
  return value.in.ok();
}

}  // namespace

void decode_json(ValueReader& value) {
  const Bytes text = value.read_text().text;
  if (!value.in) return;
  value.push({value.item_kind, text});
}

void decode_fields_text_expiry(ValueReader& value) {
  const uint64_t count = read_length(value.in);
  for (uint64_t i = 0; i < count; ++i) {
    const Bytes field = value.read_text().text;
    const Bytes text = value.read_text().text;
    uint64_t expiry = kNoExpiry;
    if (!read_text_expiry(value, expiry)) return;
    if (expiry != kNoExpiry) ++value.summary.expiring_elements;
    value.push({ElementKind::kField, field, text, expiry});
  }
}

void decode_members_text_expiry(ValueReader& value) {
  const uint64_t count = read_length(value.in);
  for (uint64_t i = 0; i < count; ++i) {
    const Bytes member = value.read_text().text;
    uint64_t expiry = kNoExpiry;
    if (!read_text_expiry(value, expiry)) return;
    const Element item{value.item_kind, member};
    if (expiry == kNoExpiry) {
      value.push(item);
    } else {
      ++value.summary.elements;
      ++value.summary.expiring_elements;
      value.out.push_pair(item, {ElementKind::kMemberExpiry, member, {}, expiry});
    }
  }
}

}  // namespace rdbproof
