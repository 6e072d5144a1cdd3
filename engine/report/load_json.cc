#include "engine/base/text.h"
#include "engine/report/report_parts.h"
#include "engine/verify/not_checked.h"

namespace rdbproof {
namespace {

std::string_view named_by_text(NamedBy named_by) {
  switch (named_by) {
    case NamedBy::kUser:
      return "option";
    case NamedBy::kFile:
      return "file";
    case NamedBy::kVersion:
      return "version";
  }
  return {};
}

Json target_json(const Target& target) {
  const Release& release = *target.release;
  Json object{{"product", product_name(release.product)},
              {"version", std::to_string(release.major) + "." + std::to_string(release.minor)},
              {"named_by", named_by_text(target.named_by)}};
  object["databases"] = target.databases ? Json(*target.databases) : Json();
  object["cluster"] = target.cluster ? Json(*target.cluster) : Json();
  object["modules"] = nullptr;
  if (target.modules) {
    object["modules"] = Json::array();
    for (const std::string& module : *target.modules) {
      object["modules"].push_back(is_valid_utf8(module) ? module : escape_for_terminal(module));
    }
  }
  object["role"] = target.is_replica ? "replica" : "primary";
  if (release.has(kReadsValkeyMagic)) {
    object["rdb_version_check"] = target.is_relaxed ? "relaxed" : "strict";
  }
  return object;
}

Json reason_json(const Reason& reason) {
  Json object{{"effect", effect_name(reason.effect)}};
  object["code"] = reason.code == Code::kNone ? Json() : Json(kind_of(reason.code).slug);
  object["offset"] = reason.offset;
  object["count"] = reason.count;
  object["detail"] = reason.sentence;
  return object;
}

}  // namespace

Json load_json(const SourceReport& source) {
  if (!source.load) return nullptr;
  const Prediction& load = *source.load;
  Json object{{"target", target_json(load.target)}, {"outcome", outcome_name(load.outcome)}};
  object["reasons"] = Json::array();
  for (const Reason& reason : load.reasons) object["reasons"].push_back(reason_json(reason));
  object["assumptions"] = load.assumptions;
  object["dbsize"] = nullptr;
  if (load.sizes) {
    object["dbsize"] = Json::object();
    for (const auto& [database, size] : *load.sizes) {
      object["dbsize"][std::to_string(database)] = size;
    }
    object["expired_dropped"] = load.expired;
    object["fieldless_dropped"] = load.fieldless;
  }
  return object;
}

Json not_checked_json(const SourceReport& source) {
  Json list = Json::array();
  for (const NotChecked& part : not_checked(source)) {
    list.push_back(
        {{"code", kind_of(part.code).slug}, {"count", part.count}, {"sentence", part.sentence}});
  }
  return list;
}

}  // namespace rdbproof
