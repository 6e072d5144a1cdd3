// Arrays (Redis 8.8, type 28): sparse, with 64-bit indexes.
#include <bit>

#include "engine/encoding/double_text.h"
#include "engine/rdb/values.h"

namespace rdbproof {
namespace {

enum Tag : uint64_t { kString = 0, kInteger = 1, kDouble = 2, kShortString = 3 };

constexpr uint64_t kLongestShortString = 7;
constexpr uint64_t kNoIndex = ~uint64_t{0};

Bytes copy_text(const std::string& text, TextArena& arena) {
  char* const memory = arena.allocate(text.size());
  text.copy(memory, text.size());
  return {memory, text.size()};
}

Bytes read_item(ValueReader& value) {
  switch (read_length(value.in)) {
    case kString:
      return value.read_text().text;
    case kInteger:
      return integer_text(static_cast<int64_t>(value.in.u64_le()), value.out.arena());
    case kDouble: {
      const auto number = std::bit_cast<double>(value.in.u64_le());
      return copy_text(array_double_text(number), value.out.arena());
    }
    case kShortString: {
      const Bytes text = value.read_text().text;
      if (text.size() > kLongestShortString) {
        value.in.fail(Code::kBadArray, "a short string is longer than seven bytes");
      }
      return text;
    }
    default:
      value.in.fail(Code::kBadArray, "an element of a kind that does not exist");
      return {};
  }
}

void skip_item(Cursor& in) {
  read_length(in);  // index
  switch (read_length(in)) {
    case kString:
    case kShortString:
      return skip_string(in);
    case kInteger:
    case kDouble:
      return in.skip(8);
    default:
      return in.fail(Code::kBadArray, "an element of a kind that does not exist");
  }
}

}  // namespace

void skip_array(Cursor& in, const FileContext& /*file*/) {
  const uint64_t count = read_length(in);
  if (read_length(in) != 0) read_length(in);
  for (uint64_t i = 0; i < count && in; ++i) skip_item(in);
}

// Servers write rising indexes but load any order, a later element replacing an earlier one.
void decode_array(ValueReader& value) {
  const uint64_t count = read_length(value.in);
  const bool has_insert_index = read_length(value.in) != 0;
  const uint64_t insert_index = has_insert_index ? read_length(value.in) : 0;
  if (value.in && count == 0) {
    value.path.leave_elements();
    return value.in.fail(Code::kBadArray, "it has no elements");
  }
  if (has_insert_index && insert_index == kNoIndex) {
    value.path.leave_elements();
    return value.in.fail(Code::kBadArray, "its insert index does not exist");
  }
  uint64_t previous = kNoIndex;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t index = read_length(value.in);
    const Bytes text = read_item(value);
    if (!value.in) return;
    if (index == kNoIndex || (previous != kNoIndex && index <= previous)) {
      return value.in.fail(Code::kBadArray, "its indexes do not rise");
    }
    previous = index;
    value.push({ElementKind::kArrayItem, text, {}, index});
  }
  if (has_insert_index) value.out.push({ElementKind::kArrayInsertIndex, {}, {}, insert_index});
}

}  // namespace rdbproof
