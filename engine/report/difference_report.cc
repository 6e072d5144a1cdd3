#include "engine/report/difference_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <string_view>

#include "engine/base/text.h"
#include "engine/encoding/double_text.h"
#include "engine/report/units.h"

namespace rdbproof {
namespace {

constexpr auto kSubjectNames = std::to_array<std::string_view>(
    {"string", "items", "item", "field", "field_expiry", "member", "member_expiry", "entry",
     "last_id", "group", "consumer", "pending", "array_item", "insert_index", "element",
     "attribute", "vector_set", "tokens"});
static_assert(kSubjectNames.size() == static_cast<size_t>(Subject::kCount));

constexpr auto kChangeNames = std::to_array<std::string_view>({"added", "removed", "changed"});

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

std::string expiry_text(uint64_t expire_at_ms) {
  return std::to_string(static_cast<int64_t>(expire_at_ms)) + " ms";
}

std::string plural(uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", format_count(count), noun, count == 1 ? "" : "s");
}

// What of an element is shown or measured as its value.
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

// One change as a line.
class ChangeLine {
 public:
  ChangeLine(const Change& change, const DifferenceStyle& style)
      : change_(change), style_(style), element_(change.element()) {}

  std::string render() const {
    switch (change_.subject) {
      case Subject::kString:
        return first_difference("byte");
      case Subject::kItems:
        return first_difference("item");
      case Subject::kTokens:
        return first_difference("token");
      case Subject::kItem:
        return item();
      case Subject::kField:
        return "field " + name() + value_change();
      case Subject::kFieldExpiry:
        return "field " + name() + expiry_change();
      case Subject::kMember:
        return "member " + name() + member_change();
      case Subject::kMemberExpiry:
        return "member " + name() + expiry_change();
      case Subject::kEntry:
        return entry();
      case Subject::kLastId:
        return "last id" + id_change();
      case Subject::kGroup:
        return group();
      case Subject::kConsumer:
        return in_group() + " consumer " + name() + verb();
      case Subject::kPending:
        return in_group() + pending();
      case Subject::kArrayItem:
        return "item " + format_count(element_.x) + value_change();
      case Subject::kInsertIndex:
        return "insert index" + index_change();
      case Subject::kVectorElement:
        return "element " + name() + (is_changed() ? " vector" : "") + value_change();
      case Subject::kAttribute:
        return "element " + name() + " attribute" + value_change();
      case Subject::kVectorSetInfo:
        return vector_set();
      case Subject::kCount:
        break;
    }
    return {};
  }

 private:
  bool is_changed() const { return change_.kind == ChangeKind::kChanged; }
  std::string verb() const { return fmt::format(" {}", change_name(change_.kind)); }
  std::string quote(Bytes text) const {
    return '"' + escape_for_terminal(text, style_.most_text) + '"';
  }
  std::string name() const { return quote(element_.a); }
  std::string in_group() const { return "group " + quote(change_.group); }

  // " 1 -> 2" if both sides have it, else " 1 added".
  template <typename Text>
  std::string sides(Text text) const {
    if (is_changed()) return fmt::format(" {} -> {}", text(*change_.before), text(*change_.after));
    return fmt::format(" {}{}", text(element_), verb());
  }
  std::string id_change() const { return sides(id_text); }
  std::string index_change() const {
    return sides([](const Element& element) { return format_count(element.x); });
  }
  std::string expiry_change() const {
    if (is_changed())
      return " expiry" + sides([](const Element& element) { return expiry_text(element.x); });
    const Element& side = change_.kind == ChangeKind::kRemoved ? *change_.before : element_;
    return fmt::format(" expiry {}{}", expiry_text(side.x), verb());
  }

  // " changed (12 to 15 bytes)", or what it was and is.
  std::string value_change() const {
    if (style_.show_values) {
      if (!is_changed()) return verb() + ": " + quote(value_of(element_));
      return fmt::format("{}: {} -> {}", verb(), quote(value_of(*change_.before)),
                         quote(value_of(*change_.after)));
    }
    if (!is_changed()) return fmt::format("{} ({})", verb(), length(element_));
    return fmt::format("{} ({} to {})", verb(), format_count(value_of(*change_.before).size()),
                       length(*change_.after));
  }
  static std::string length(const Element& element) {
    return plural(value_of(element).size(), "byte");
  }

  std::string item() const {
    const bool is_added = change_.kind == ChangeKind::kAdded;
    std::string line = "item " + format_count(is_added ? change_.position_b : change_.position_a);
    if (is_changed() && change_.position_a != change_.position_b)
      line += fmt::format(" ({} in b)", format_count(change_.position_b));
    return line + value_change();
  }

  std::string first_difference(std::string_view noun) const {
    std::string line =
        fmt::format("differs from {} {} of {}", noun, format_count(change_.position_a),
                    format_count(change_.length_a));
    if (change_.length_a != change_.length_b)
      line += fmt::format(" ({} in b)", format_count(change_.length_b));
    if (!style_.show_values) return line;
    return line + fmt::format(": {} -> {}", excerpt(change_.before), excerpt(change_.after));
  }
  // A string from where it differs, an item or a token.
  std::string excerpt(const std::optional<Element>& side) const {
    if (!side) return "nothing";
    if (side->kind == ElementKind::kToken && !is_string_token(*side))
      return fmt::format("{:#x}", side->y);
    const Bytes value = value_of(*side);
    if (change_.subject != Subject::kString) return quote(value);
    return quote(value.substr(std::min<uint64_t>(change_.position_a, value.size())));
  }

  std::string member_change() const {
    if (element_.kind != ElementKind::kScored) return verb();
    if (is_changed()) return " score" + sides(score_text);
    return fmt::format("{} (score {})", verb(), score_text(element_));
  }

  std::string entry() const {
    std::string line = "entry " + id_text(element_) + verb();
    if (!is_changed()) {
      const auto& fields = change_.after ? change_.fields_after : change_.fields_before;
      return line + fmt::format(" ({})", plural(fields.size(), "field"));
    }
    line += fmt::format(" from field {} of {}", format_count(change_.position_a),
                        format_count(change_.length_a));
    if (change_.length_a != change_.length_b)
      line += fmt::format(" ({} in b)", format_count(change_.length_b));
    if (!style_.show_values) return line;
    return line +
           fmt::format(": {} -> {}", field(change_.fields_before), field(change_.fields_after));
  }
  std::string field(const ElementRange& fields) const {
    if (change_.position_a >= fields.size()) return "nothing";
    const Element element = (*fields.value)[fields.begin + change_.position_a];
    return quote(element.a) + ' ' + quote(element.b);
  }

  std::string group() const {
    if (is_changed()) return "group " + name() + " last delivered" + id_change();
    return "group " + name() + verb() + fmt::format(" (last delivered {})", id_text(element_));
  }
  std::string pending() const {
    std::string line = " pending " + id_text(element_) + verb();
    if (!is_changed()) return line + fmt::format(" ({})", delivery(element_));
    return line + fmt::format(" ({} -> {})", delivery(*change_.before), delivery(*change_.after));
  }
  std::string delivery(const Element& element) const {
    const std::string who = element.a.empty() ? "no consumer" : "consumer " + quote(element.a);
    return fmt::format("{}, delivered {}", who, plural(element.z, "time"));
  }
  std::string vector_set() const {
    return "dimension and quantisation" + sides([](const Element& element) {
             return fmt::format("{}, {}", element.x, element.y);
           });
  }

  const Change& change_;
  const DifferenceStyle& style_;
  const Element element_;
};

// `name`, or `name`_b64.
void put_bytes(Json& json, std::string name, Bytes bytes) {
  if (is_valid_utf8(bytes)) {
    json[name] = bytes;
  } else {
    json[name + "_b64"] = to_base64(bytes);
  }
}

// Up to `most` bytes, whole characters of what is UTF-8.
Bytes cut(Bytes value, size_t most) {
  if (value.size() <= most) return value;
  size_t end = most;
  if (is_valid_utf8(value)) {
    while (end > 0 && (static_cast<uint8_t>(value[end]) & 0xC0) == 0x80) --end;
  }
  return value.substr(0, end);
}

void put_value(Json& json, Bytes value, const DifferenceStyle& style) {
  json["bytes"] = value.size();
  if (!style.show_values) return;
  put_bytes(json, "value", cut(value, style.most_json));
  if (value.size() > style.most_json) json["cut"] = true;
}

Json fields_json(const ElementRange& fields, const DifferenceStyle& style) {
  Json list = Json::array();
  size_t bytes = 0;
  for (size_t i = fields.begin; i < fields.end && bytes < style.most_json; ++i) {
    const Element field = (*fields.value)[i];
    bytes += field.a.size() + field.b.size() + 1;
    Json json;
    put_bytes(json, "name", cut(field.a, style.most_json));
    put_value(json, field.b, style);
    list.push_back(std::move(json));
  }
  return list;
}

Json token_json(const Element& token, const DifferenceStyle& style) {
  constexpr auto kNames =
      std::to_array<std::string_view>({"signed", "unsigned", "float", "double", "string"});
  Json json{{"token", kNames.at(std::min<size_t>(token.x, kNames.size() - 1))}};
  if (is_string_token(token)) {
    put_value(json, token.a, style);
  } else if (style.show_values) {
    json["bits"] = token.y;
  }
  return json;
}

// What one side has.
Json side_json(const Change& change, const Element& element, const ElementRange& fields,
               const DifferenceStyle& style) {
  Json json = Json::object();
  switch (element.kind) {
    case ElementKind::kScored:
      json["score"] = score_text(element);
      break;
    case ElementKind::kMemberExpiry:
      json["expire_at_ms"] = static_cast<int64_t>(element.x);
      break;
    case ElementKind::kStreamEntry:
      json["fields"] = fields.size();
      if (style.show_values) json["values"] = fields_json(fields, style);
      break;
    case ElementKind::kStreamLastId:
      json["id"] = id_text(element);
      break;
    case ElementKind::kStreamGroup:
      json["last_delivered_id"] = id_text(element);
      break;
    case ElementKind::kStreamPending:
      put_bytes(json, "consumer", element.a);
      json["deliveries"] = element.z;
      break;
    case ElementKind::kArrayInsertIndex:
      json["index"] = element.x;
      break;
    case ElementKind::kVectorSetInfo:
      json["dimension"] = element.x;
      json["quantisation"] = element.y;
      break;
    case ElementKind::kToken:
      return token_json(element, style);
    case ElementKind::kField:
      if (element.x != kNoExpiry) json["expire_at_ms"] = static_cast<int64_t>(element.x);
      if (change.subject == Subject::kField) put_value(json, element.b, style);
      break;
    case ElementKind::kItem:
    case ElementKind::kArrayItem:
    case ElementKind::kVector:
    case ElementKind::kVectorAttribute:
      put_value(json, value_of(element), style);
      break;
    case ElementKind::kMember:
    case ElementKind::kStreamField:
    case ElementKind::kStreamConsumer:
      break;
  }
  return json;
}

// What the change is about: by name, id or index.
void put_identity(Json& json, const Change& change) {
  const Element element = change.element();
  switch (element.kind) {
    case ElementKind::kMember:
    case ElementKind::kField:
    case ElementKind::kScored:
    case ElementKind::kMemberExpiry:
    case ElementKind::kStreamGroup:
    case ElementKind::kStreamConsumer:
    case ElementKind::kVector:
    case ElementKind::kVectorAttribute:
      put_bytes(json, "name", element.a);
      break;
    case ElementKind::kStreamEntry:
    case ElementKind::kStreamPending:
      json["id"] = id_text(element);
      break;
    case ElementKind::kArrayItem:
      json["index"] = element.x;
      break;
    default:
      break;
  }
  const bool is_in_group =
      change.subject == Subject::kConsumer || change.subject == Subject::kPending;
  if (is_in_group) put_bytes(json, "group", change.group);
}

bool has_lengths(Subject subject) {
  return subject == Subject::kString || subject == Subject::kItems || subject == Subject::kTokens;
}

void put_positions(Json& json, const Change& change) {
  if (change.subject == Subject::kItem) {
    if (change.before) json["position_a"] = change.position_a;
    if (change.after) json["position_b"] = change.position_b;
  } else if (has_lengths(change.subject)) {
    json["position"] = change.position_a;
    json["length_a"] = change.length_a;
    json["length_b"] = change.length_b;
  } else if (change.subject == Subject::kEntry && change.kind == ChangeKind::kChanged) {
    json["position"] = change.position_a;
  }
}

void put_side(Json& json, std::string_view name, Json side) {
  if (!side.empty()) json[std::string(name)] = std::move(side);
}

Json change_json(const Change& change, const DifferenceStyle& style) {
  Json json{{"change", change_name(change.kind)}, {"what", subject_name(change.subject)}};
  put_identity(json, change);
  put_positions(json, change);
  if (change.before)
    put_side(json, "before", side_json(change, *change.before, change.fields_before, style));
  if (change.after)
    put_side(json, "after", side_json(change, *change.after, change.fields_after, style));
  return json;
}

}  // namespace

std::string render_change(const Change& change, const DifferenceStyle& style) {
  return ChangeLine(change, style).render();
}

Json changes_json(const ValueDifference& difference, const DifferenceStyle& style) {
  Json list = Json::array();
  for (const Change& change : difference.changes) list.push_back(change_json(change, style));
  return list;
}

Json change_counts_json(const ValueDifference& difference) {
  Json json = Json::object();
  for (size_t i = 0; i < kSubjectNames.size(); ++i) {
    const ChangeCounts& counts = difference.counts[i];
    if (counts.total() == 0) continue;
    json[std::string(kSubjectNames[i])] =
        Json{{"added", counts.added}, {"removed", counts.removed}, {"changed", counts.changed}};
  }
  return json;
}

}  // namespace rdbproof
