#include "engine/target/server_needs.h"

#include <algorithm>

namespace rdbproof {
namespace {

// A file may name as many module types as it has keys.
constexpr size_t kMostModules = 100;

}  // namespace

void ServerNeeds::select_database(uint64_t database) {
  selected_ = database;
  if (counts_fields_) fieldless_.select(database);
}

void ServerNeeds::place(const OtherRecord& record) {
  if (selected_) raise_highest({*selected_, record.offset});
  selected_.reset();
}

void ServerNeeds::raise_highest(const SelectedNumber& selected) {
  if (!highest_ || highest_->number < selected.number) highest_ = selected;
}

void ServerNeeds::begin_key(const Key& key) {
  expired_fields_ = 0;
  if (!key.module_type.empty()) needs_module(ModulePart::kData, key.module_type, key.offset);
  if (key.type == ValueType::kVectorSet) needs_module(ModulePart::kData, "vectorset", key.offset);
}

void ServerNeeds::needs_module(ModulePart part, std::string_view name, uint64_t offset) {
  const auto is_same = [&](const NeededModule& module) {
    return module.part == part && module.name == name;
  };
  if (std::ranges::any_of(modules_, is_same) || modules_.size() >= kMostModules) return;
  modules_.push_back({part, std::string(name), offset});
}

void ServerNeeds::count_expired_fields(std::span<const Element> batch) {
  for (const Element& element : batch) {
    const bool expires = element.kind == ElementKind::kField && element.x != kNoExpiry;
    if (expires && static_cast<int64_t>(element.x) < now_ms_) ++expired_fields_;
  }
}

void ServerNeeds::count_fieldless(const Key& key, const ValueSummary& value) {
  const bool is_dropped_itself = key.has_expiry && key.expire_at_ms < now_ms_;
  if (expired_fields_ == value.elements && !is_dropped_itself) ++fieldless_.current().value;
}

void ServerNeeds::absorb(const ServerNeeds& next) {
  if (next.highest_) raise_highest(*next.highest_);
  for (const NeededModule& module : next.modules_) {
    needs_module(module.part, module.name, module.offset);
  }
  if (counts_fields_) fieldless_.absorb(next.fieldless_);
}

uint64_t ServerNeeds::fieldless(uint64_t database) const {
  const auto found = fieldless_.databases().find(database);
  return found == fieldless_.databases().end() ? 0 : found->second.value;
}

}  // namespace rdbproof
