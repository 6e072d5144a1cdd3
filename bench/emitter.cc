#include "bench/emitter.h"

#include <charconv>

namespace rdbproof::bench {
namespace {

// Far enough in the future (from 2099 on) that a server which loads the file keeps every key.
constexpr int64_t kFirstExpiry = 4070908800000;
constexpr uint64_t kExpirySpreadSeconds = 365 * 86400;

}  // namespace

void Emitter::expire(unsigned percent) {
  if (random.below(100) >= percent) return;
  const uint64_t draw = random.below(kExpirySpreadSeconds);
  out.expire_ms(kFirstExpiry + static_cast<int64_t>(draw * 1000 + draw % 1000));
  ++expiring;
}

void Emitter::key(uint8_t type, Bytes prefix, uint64_t number) {
  out.byte(type);
  out.string(name(prefix).digits(number, 8));
  ++keys;
}

Bytes Emitter::value(size_t shortest, size_t longest) {
  const auto integer = draw_integer();
  if (!integer) return text(random.between(shortest, longest));
  const auto end = std::to_chars(text_.data(), text_.data() + text_.size(), *integer).ptr;
  return {text_.data(), static_cast<size_t>(end - text_.data())};
}

Bytes Emitter::text(size_t length) {
  random.text(text_.data(), length);
  return {text_.data(), length};
}

}  // namespace rdbproof::bench
