// Values whose elements stand one after the other as strings.
#include <bit>
#include <cmath>

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

std::string_view string_encoding(const StringValue& value) {
  constexpr size_t kEmbeddedLimit = 44;  // since Redis 3.2
  if (value.form == StringForm::kInteger || is_integer_text(value.text)) return "int";
  return value.text.size() <= kEmbeddedLimit ? "embstr" : "raw";
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
  value.summary.encoding = string_encoding(string);
  value.push({value.item_kind, string.text});
}

void decode_items(ValueReader& value) {
  const uint64_t count = read_length(value.in);
  for (uint64_t i = 0; i < count; ++i) {
    const Bytes text = value.read_text().text;
    if (!value.in) return;
    value.push({value.item_kind, text});
  }
}

void decode_text_scores(ValueReader& value) {
  const uint64_t count = read_length(value.in);
  for (uint64_t i = 0; i < count; ++i) {
    const Bytes member = value.read_text().text;
    const double score = read_text_double(value.in);
    if (!value.in) return;
    push_score(value, member, score);
  }
}

void decode_binary_scores(ValueReader& value) {
  const uint64_t count = read_length(value.in);
  for (uint64_t i = 0; i < count; ++i) {
    const Bytes member = value.read_text().text;
    const auto score = std::bit_cast<double>(value.in.u64_le());
    if (!value.in) return;
    push_score(value, member, score);
  }
}

void decode_fields(ValueReader& value) {
  const uint64_t count = read_length(value.in);
  for (uint64_t i = 0; i < count; ++i) {
    const Bytes field = value.read_text().text;
    const Bytes text = value.read_text().text;
    if (!value.in) return;
    push_field(value, field, text, kNoExpiry);
  }
}

void decode_fields_relative_expiry(ValueReader& value) {
  const uint64_t minimum = value.in.u64_le();
  const uint64_t count = read_length(value.in);
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t relative = read_length(value.in);
    const Bytes field = value.read_text().text;
    const Bytes text = value.read_text().text;
    if (!value.in) return;
    if (relative != 0 &&
        (minimum > kMaxFieldExpiryMs || relative - 1 > kMaxFieldExpiryMs - minimum)) {
      return value.in.fail(Code::kBadExpiry, "of a hash field");
    }
    push_field(value, field, text, relative == 0 ? kNoExpiry : minimum + relative - 1);
  }
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
