#include <algorithm>
#include <array>
#include <string_view>

#include "engine/base/text.h"
#include "engine/report/change_parts.h"
#include "engine/report/change_report.h"

namespace rdbproof {
namespace {

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

Json changes_json(const ValueDifference& difference, const DifferenceStyle& style) {
  Json list = Json::array();
  for (const Change& change : difference.changes) list.push_back(change_json(change, style));
  return list;
}

Json change_counts_json(const ValueDifference& difference) {
  Json json = Json::object();
  for (size_t i = 0; i < difference.counts.size(); ++i) {
    const ChangeCounts& counts = difference.counts[i];
    if (counts.total() == 0) continue;
    json[std::string(subject_name(static_cast<Subject>(i)))] =
        Json{{"added", counts.added}, {"removed", counts.removed}, {"changed", counts.changed}};
  }
  return json;
}

}  // namespace rdbproof
