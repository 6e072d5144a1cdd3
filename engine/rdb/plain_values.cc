// Values whose elements stand one after the other as strings.
#include <bit>
#include <charconv>
#include <cmath>

#include "engine/encoding/hyperloglog.h"
#include "engine/rdb/values.h"

namespace rdbproof {
namespace {

// Redis (tryObjectEncoding) holds a string of at most 20 characters as an integer if its text is
// exactly that of a 64-bit integer; the file has those beyond 32 bits as plain text.
bool is_integer_text(Bytes text) {
  if (text.empty() || text.size() > 20) return false;
  const bool negative = text[0] == '-';
  const Bytes digits = text.substr(negative ? 1 : 0);
  if (digits.empty() || digits.size() > 19) return false;
  if (digits[0] == '0' && (digits.size() > 1 || negative)) return false;
  for (const char c : digits) {
    if (c < '0' || c > '9') return false;
  }
  const Bytes limit = negative ? "9223372036854775808" : "9223372036854775807";
  return digits.size() < limit.size() || digits <= limit;
}

// Servers store integers of up to 32 bits as such.
__attribute__((noinline)) void note_integer_as_text(Cursor& in, const StringValue& string) {
  int32_t integer = 0;
  const char* const end = string.text.data() + string.text.size();
  if (std::from_chars(string.text.data(), end, integer).ec == std::errc()) {
    in.note_at("an integer is stored as text", string.offset);
  }
}

__attribute__((noinline)) void check_hyperloglog(ValueReader& value, const StringValue& string) {
  const char* const fault = hyperloglog_fault(string.text);
  if (fault != nullptr) value.remark(Code::kBadHyperLogLog, string.offset, fault);
}

void push_field(ValueReader& value, Bytes field, Bytes text, uint64_t expiry) {
  if (expiry != kNoExpiry) ++value.summary.expiring_elements;
  value.push({ElementKind::kField, field, text, expiry});
}

void push_score(ValueReader& value, Bytes member, double score) {
  if (std::isnan(score)) return value.in.fail(Code::kBadScore, "it is NaN");
  value.push({ElementKind::kScored, member, {}, std::bit_cast<uint64_t>(score)});
}

}  // namespace

void decode_string(ValueReader& value) {
  const StringValue string = value.read_text();
  if (!value.in) return;
  constexpr size_t kEmbeddedLimit = 44;  // since Redis 3.2
  if (string.form == StringForm::kInteger) {
    value.summary.encoding = "int";
  } else if (is_integer_text(string.text)) {
    value.summary.encoding = "int";
    note_integer_as_text(value.in, string);
  } else {
    value.summary.encoding = string.text.size() <= kEmbeddedLimit ? "embstr" : "raw";
    if (begins_like_hyperloglog(string.text)) check_hyperloglog(value, string);
  }
  value.push({value.item_kind, string.text});
}

void decode_items(ValueReader& value, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    const Bytes text = value.read_text().text;
    if (!value.in) return;
    value.push({value.item_kind, text});
  }
}

void decode_text_scores(ValueReader& value, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    const Bytes member = value.read_text().text;
    const double score = read_text_double(value.in);
    if (!value.in) return;
    push_score(value, member, score);
  }
}

void decode_binary_scores(ValueReader& value, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    const Bytes member = value.read_text().text;
    const auto score = std::bit_cast<double>(value.in.u64_le());
    if (!value.in) return;
    push_score(value, member, score);
  }
}

void decode_fields(ValueReader& value, uint64_t count) {
  for (uint64_t i = 0; i < count; ++i) {
    const Bytes field = value.read_text().text;
    const Bytes text = value.read_text().text;
    if (!value.in) return;
    push_field(value, field, text, kNoExpiry);
  }
}

void decode_fields_relative_expiry(ValueReader& value) {
  const uint64_t offset = value.in.offset();
  const uint64_t minimum = value.in.u64_le();
  const uint64_t count = read_length(value.in);
  // 2^48 stands for "none"; servers refuse more.
  if (minimum > kMaxFieldExpiryMs + 1) {
    value.path.leave_elements();
    return value.in.fail_at(Code::kBadExpiry, offset, "the earliest of a hash");
  }
  bool has_minimum = false;
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t relative = read_length(value.in);
    const Bytes field = value.read_text().text;
    const Bytes text = value.read_text().text;
    if (!value.in) return;
    if (relative != 0 &&
        (minimum > kMaxFieldExpiryMs || relative - 1 > kMaxFieldExpiryMs - minimum)) {
      return value.in.fail(Code::kBadExpiry, "of a hash field");
    }
    has_minimum |= relative == 1;
    push_field(value, field, text, relative == 0 ? kNoExpiry : minimum + relative - 1);
  }
  if (!has_minimum && count != 0) value.remark_whole(Code::kFieldExpiryHint, offset);
}

void decode_fields_absolute_expiry(ValueReader& value) {
  const uint64_t count = read_length(value.in);
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t expiry = read_length(value.in);
    const Bytes field = value.read_text().text;
    const Bytes text = value.read_text().text;
    if (!value.in) return;
    if (expiry > kMaxFieldExpiryMs) return value.in.fail(Code::kBadExpiry, "of a hash field");
    push_field(value, field, text, expiry == 0 ? kNoExpiry : expiry);
  }
}

void decode_fields_trailing_expiry(ValueReader& value) {
  const uint64_t count = read_length(value.in);
  for (uint64_t i = 0; i < count; ++i) {
    const Bytes field = value.read_text().text;
    const Bytes text = value.read_text().text;
    const auto expiry = static_cast<int64_t>(value.in.u64_le());
    if (!value.in) return;
    if (expiry < -1) return value.in.fail(Code::kBadExpiry, "of a hash field");
    push_field(value, field, text, static_cast<uint64_t>(expiry));  // -1 is kNoExpiry
  }
}

}  // namespace rdbproof
