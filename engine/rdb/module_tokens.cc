#include "engine/rdb/module_tokens.h"

namespace rdbproof {
namespace {

enum Mark : uint64_t { kEnd = 0, kSigned = 1, kUnsigned = 2, kFloat = 3, kDouble = 4, kString = 5 };

constexpr const char* kUnknownMark = "a token of a kind that does not exist";

}  // namespace

std::string module_type_name(uint64_t module_id) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string name(9, '\0');
  for (size_t i = 9; i-- > 0;) name[8 - i] = kAlphabet[module_id >> (10 + 6 * i) & 63];
  return name;
}

std::string metadata_class_name(uint32_t class_word) {
  // Not that of module types.
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  std::string name(4, '\0');
  for (size_t i = 4; i-- > 0;) name[3 - i] = kAlphabet[class_word >> (8 + 6 * i) & 63];
  return name;
}

bool next_module_token(Cursor& in, ModuleToken& token, TextArena& arena, const Limits& limits) {
  switch (read_length(in)) {
    case kEnd:
      return false;
    case kSigned:
      token = {TokenKind::kSigned, read_length(in), {}};
      break;
    case kUnsigned:
      token = {TokenKind::kUnsigned, read_length(in), {}};
      break;
    case kFloat:
      token = {TokenKind::kFloat, in.u32_le(), {}};
      break;
    case kDouble:
      token = {TokenKind::kDouble, in.u64_le(), {}};
      break;
    case kString:
      token = {TokenKind::kString, 0, read_string(in, arena, limits)};
      break;
    default:
      in.fail(Code::kBadModule, kUnknownMark);
  }
  return in.ok();
}

void skip_module_tokens(Cursor& in) {
  while (in) {
    switch (read_length(in)) {
      case kEnd:
        return;
      case kSigned:
      case kUnsigned:
        read_length(in);
        break;
      case kFloat:
        in.skip(4);
        break;
      case kDouble:
        in.skip(8);
        break;
      case kString:
        skip_string(in);
        break;
      default:
        return in.fail(Code::kBadModule, kUnknownMark);
    }
  }
}

}  // namespace rdbproof
