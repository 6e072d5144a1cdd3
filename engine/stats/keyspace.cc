#include "engine/stats/keyspace.h"

#include <algorithm>

namespace rdbproof {

void TypeCounts::merge(const TypeCounts& other) {
  keys += other.keys;
  elements += other.elements;
  bytes += other.bytes;
}

void DatabaseCounts::add(const Key& key, const ValueSummary& value, int64_t now_ms) {
  ++keys_;
  if (key.has_expiry) {
    ++expires_;
    if (key.expire_at_ms < now_ms) ++expired_;
  }
  const TypeCounts counts{1, value.elements, value.bytes};
  if (key.module_type.empty()) {
    types_[static_cast<size_t>(key.type)].merge(counts);
  } else {
    modules_[std::string(key.module_type)].merge(counts);
  }
}

void DatabaseCounts::merge(const DatabaseCounts& other) {
  keys_ += other.keys_;
  expires_ += other.expires_;
  expired_ += other.expired_;
  for (size_t i = 0; i < types_.size(); ++i) types_[i].merge(other.types_[i]);
  for (const auto& [name, counts] : other.modules_) modules_[name].merge(counts);
}

std::map<std::string, TypeCounts> DatabaseCounts::types() const {
  std::map<std::string, TypeCounts> all(modules_.begin(), modules_.end());
  for (size_t i = 0; i < types_.size(); ++i) {
    if (types_[i].keys != 0) all[std::string(kValueTypeNames[i])].merge(types_[i]);
  }
  return all;
}

void Keyspace::add(const Key& key, const ValueSummary& value) {
  databases_.current().add(key, value, now_ms_);
  count_encoding(value.encoding, 1);
}

void Keyspace::count_encoding(std::string_view encoding, uint64_t keys) {
  const auto address = reinterpret_cast<uintptr_t>(encoding.data());
  Remembered& remembered = remembered_[(address ^ address >> 6) % kRemembered];
  if (remembered.literal != encoding.data() || encoding.data() == nullptr) [[unlikely]]
    remembered = {encoding.data(), find_encoding(encoding)};
  encodings_[remembered.index].second += keys;
}

size_t Keyspace::find_encoding(std::string_view encoding) {
  const auto found =
      std::ranges::find(encodings_, encoding, [](const auto& one) { return one.first; });
  if (found != encodings_.end()) return static_cast<size_t>(found - encodings_.begin());
  encodings_.emplace_back(encoding, 0);
  return encodings_.size() - 1;
}

void Keyspace::absorb(const Keyspace& next) {
  databases_.absorb(next.databases_);
  for (const auto& [name, count] : next.encodings_) count_encoding(name, count);
}

void Keyspace::merge(const Keyspace& other) {
  databases_.merge(other.databases_);
  for (const auto& [name, count] : other.encodings_) count_encoding(name, count);
}

std::map<std::string, uint64_t> Keyspace::encodings() const {
  std::map<std::string, uint64_t> all;
  for (const auto& [name, count] : encodings_) all[std::string(name)] += count;
  return all;
}

}  // namespace rdbproof
