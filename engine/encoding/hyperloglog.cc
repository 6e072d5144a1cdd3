#include "engine/encoding/hyperloglog.h"

#include "engine/base/cursor.h"

namespace rdbproof {
namespace {

constexpr uint64_t kRegisters = 16384;
constexpr uint64_t kDenseBytes = kRegisters * 6 / 8;

// Registers that the sparse form in `in` covers; more than there are as soon as it exceeds them.
uint64_t count_sparse(Cursor& in) {
  uint64_t registers = 0;
  while (in && !in.at_end() && registers <= kRegisters) {
    const uint8_t code = in.u8();
    if (code >= 0x80) {
      registers += (code & 0x03u) + 1;
    } else if (code >= 0x40) {
      registers += ((code & 0x3Fu) << 8 | in.u8()) + 1;
    } else {
      registers += code + 1u;
    }
  }
  return registers;
}

}  // namespace

const char* hyperloglog_fault(Bytes text) {
  Cursor in(text, 0);
  in.skip(4);
  const uint8_t encoding = in.u8();
  in.skip(3 + 8);
  if (!in) return "it is shorter than its header";
  if (encoding > 1) return "its encoding does not exist";
  if (encoding == 0)
    return in.remaining() == kDenseBytes ? nullptr : "its dense form has a wrong size";
  const uint64_t registers = count_sparse(in);
  if (!in || registers < kRegisters) return "its sparse form has too few registers";
  return registers == kRegisters ? nullptr : "its sparse form has too many registers";
}

}  // namespace rdbproof
