#include "engine/report/change_parts.h"

#include <fmt/format.h>

#include <array>
#include <bit>

#include "engine/encoding/double_text.h"

namespace rdbproof {
namespace {

constexpr auto kSubjectNames = std::to_array<std::string_view>(
    {"string", "items", "item", "field", "field_expiry", "member", "member_expiry", "entry",
     "last_id", "group", "consumer", "pending", "array_item", "insert_index", "element",
     "attribute", "vector_set", "tokens"});
static_assert(kSubjectNames.size() == static_cast<size_t>(Subject::kCount));

constexpr auto kChangeNames = std::to_array<std::string_view>({"added", "removed", "changed"});

}  // namespace

std::string_view subject_name(Subject subject) {
  return kSubjectNames[static_cast<size_t>(subject)];
}

std::string_view change_name(ChangeKind kind) {
  return kChangeNames[static_cast<size_t>(kind)];
}

std::string id_text(const Element& element) {
  return fmt::format("{}-{}", element.x, element.y);
}

std::string score_text(const Element& element) {
  return grisu2_text(std::bit_cast<double>(canonical_score(element.x)));
}

Bytes value_of(const Element& element) {
  switch (element.kind) {
    case ElementKind::kItem:
    case ElementKind::kArrayItem:
    case ElementKind::kToken:
      return element.a;
    case ElementKind::kField:
    case ElementKind::kVector:
    case ElementKind::kVectorAttribute:
      return element.b;
    default:
      return {};
  }
}

bool is_string_token(const Element& element) {
  return static_cast<TokenKind>(element.x) == TokenKind::kString;
}

}  // namespace rdbproof
