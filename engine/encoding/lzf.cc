#include "engine/encoding/lzf.h"

#include <cstring>

namespace rdbproof {
namespace {

// Copies `length` (<= 264) bytes from `distance` bytes before `out`, front to back, so that the
// copy may repeat what it just wrote. May write up to kLzfSlack - 1 bytes more.
inline void copy_match(char* out, uint64_t distance, uint64_t length) {
  const char* from = out - distance;
  char* const end = out + length;
  if (distance >= 16) {
    for (; out < end; out += 16, from += 16) std::memcpy(out, from, 16);
  } else if (distance >= 8) {
    for (; out < end; out += 8, from += 8) std::memcpy(out, from, 8);
  } else if (distance == 1) {
    std::memset(out, *from, length);
  } else {
    while (out < end) *out++ = *from++;
  }
}

}  // namespace

bool lzf_decompress(Bytes input, char* out, uint64_t size) {
  const char* in = input.data();
  const char* const in_end = in + input.size();
  char* const out_begin = out;
  char* const out_end = out + size;
  while (in < in_end) {
    const auto control = static_cast<uint8_t>(*in++);
    if (control < 32) {  // control + 1 literal bytes
      const uint64_t length = control + 1u;
      if (length > static_cast<uint64_t>(in_end - in)) return false;
      if (length > static_cast<uint64_t>(out_end - out)) return false;
      if (in_end - in >= 32) {
        std::memcpy(out, in, 32);
      } else {
        std::memcpy(out, in, length);
      }
      in += length;
      out += length;
      continue;
    }
    uint64_t length = control >> 5;
    if (length == 7) {
      if (in == in_end) return false;
      length += static_cast<uint8_t>(*in++);
    }
    length += 2;
    if (in == in_end) return false;
    const uint64_t distance = ((control & 31u) << 8 | static_cast<uint8_t>(*in++)) + 1u;
    if (distance > static_cast<uint64_t>(out - out_begin)) return false;
    if (length > static_cast<uint64_t>(out_end - out)) return false;
    copy_match(out, distance, length);
    out += length;
  }
  return out == out_end;
}

}  // namespace rdbproof
