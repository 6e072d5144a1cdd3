// KeyDB's scheduled scripts (type 64). KeyDB src/rdb.cpp, cron.h.
#include "engine/rdb/values.h"

namespace rdbproof {
namespace {

void push_string(ValueReader& value) {
  const Bytes text = value.read_text().text;
  if (!value.in) return;
  value.push({ElementKind::kToken, text, {}, static_cast<uint64_t>(TokenKind::kString)});
}

void push_number(ValueReader& value, uint64_t number) {
  if (!value.in) return;
  value.push({ElementKind::kToken, {}, {}, static_cast<uint64_t>(TokenKind::kUnsigned), number});
}

void push_strings(ValueReader& value) {
  const uint64_t count = read_length(value.in);
  push_number(value, count);
  for (uint64_t i = 0; i < count && value.in; ++i) push_string(value);
}

}  // namespace

void decode_cron(ValueReader& value) {
  push_string(value);                     // script
  push_number(value, value.in.u64_le());  // start, ms
  push_number(value, value.in.u64_le());  // interval, ms
  push_strings(value);                    // keys
  push_strings(value);                    // arguments
}

}  // namespace rdbproof
