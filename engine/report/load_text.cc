#include <fmt/format.h>

#include "engine/report/report_parts.h"
#include "engine/report/units.h"
#include "engine/verify/not_checked.h"

namespace rdbproof {
namespace {

constexpr size_t kMostAssumptions = 3;

std::string server_text(const Target& target) {
  std::string text = release_name(*target.release);
  if (target.named_by == NamedBy::kFile) text += ", which wrote it,";
  if (target.named_by == NamedBy::kVersion) text += ", the oldest release that reads it,";
  return text;
}

std::string assumptions_text(const Prediction& load) {
  std::string text;
  for (size_t i = 0; i < load.assumptions.size() && i < kMostAssumptions; ++i) {
    text += (i == 0 ? ", if " : ", and ") + load.assumptions[i];
  }
  if (load.assumptions.size() > kMostAssumptions) {
    text += fmt::format(", and {} more", load.assumptions.size() - kMostAssumptions);
  }
  return text;
}

std::string keys_text(uint64_t keys) {
  return keys == 1 ? "1 key" : format_count(keys) + " keys";
}

std::string sizes_text(const Prediction& load) {
  if (!load.sizes) return {};
  uint64_t keys = 0;
  for (const auto& [database, size] : *load.sizes) keys += size;
  std::string text = ": " + (keys == 0 ? std::string("no keys") : keys_text(keys));
  if (load.sizes->size() == 1) {
    text += fmt::format(" in database {}", load.sizes->begin()->first);
  } else if (keys != 0) {
    text += fmt::format(" in {} databases", load.sizes->size());
  }
  if (load.expired != 0) {
    text += fmt::format(", without {} that {} expired", format_count(load.expired),
                        load.expired == 1 ? "has" : "have");
  }
  if (load.fieldless != 0) {
    text += fmt::format(", without {} whose fields have all expired", format_count(load.fieldless));
  }
  return text;
}

std::string reason_text(const Prediction& load, Effect effect) {
  for (const Reason& reason : load.reasons) {
    if (reason.effect == effect) {
      return fmt::format(": {} (offset {})", reason.sentence, reason.offset);
    }
  }
  return {};
}

}  // namespace

std::string render_load(const SourceReport& source) {
  if (!source.load) return {};
  const Prediction& load = *source.load;
  const std::string server = server_text(load.target);
  const std::string_view role = load.target.is_replica ? " as a replica" : "";
  switch (load.outcome) {
    case Outcome::kLoads:
      return fmt::format("  {} would load it{}{}{}\n", server, role, assumptions_text(load),
                         sizes_text(load));
    case Outcome::kRefuses:
      return fmt::format("  {} would refuse it{}\n", server, reason_text(load, Effect::kRefuses));
    case Outcome::kAborts:
      return fmt::format("  {} would abort while it loads it{}\n", server,
                         reason_text(load, Effect::kAborts));
    case Outcome::kUnknown:
      return fmt::format("  whether {} would load it is not known{}\n", server,
                         reason_text(load, Effect::kUnknown));
  }
  return {};
}

std::string render_not_checked(const SourceReport& source) {
  std::string text;
  for (const NotChecked& part : not_checked(source)) {
    text += (text.empty() ? "  not checked: " : "; ") + part.sentence;
  }
  return text.empty() ? text : text + "\n";
}

}  // namespace rdbproof
