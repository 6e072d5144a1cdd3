#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "engine/base/text.h"
#include "engine/report/change_parts.h"
#include "engine/report/change_report.h"
#include "engine/report/units.h"

namespace rdbproof {
namespace {

std::string expiry_text(uint64_t expire_at_ms) {
  return std::to_string(static_cast<int64_t>(expire_at_ms)) + " ms";
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

}  // namespace

std::string render_change(const Change& change, const DifferenceStyle& style) {
  return ChangeLine(change, style).render();
}

}  // namespace rdbproof
