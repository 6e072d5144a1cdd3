#include "engine/fingerprint/fast_fingerprint.h"

#include <array>

#include "engine/fingerprint/hash_input.h"

namespace rdbproof {
namespace {

uint64_t hash_type_name(std::string_view name) {
  return static_cast<uint64_t>(hash128(name));
}

// The low 64 bits of the hash of the type's name.
uint64_t type_tag(const Key& key) {
  static const auto tags = [] {
    std::array<uint64_t, kValueTypeNames.size()> all{};
    for (size_t i = 0; i < all.size(); ++i) all[i] = hash_type_name(kValueTypeNames[i]);
    return all;
  }();
  if (!key.module_type.empty()) return hash_type_name(key.module_type);
  return tags[static_cast<size_t>(key.type)];
}

}  // namespace

KeyFingerprint FastKeys::finish(const Key& key, const ValueSummary& summary) {
  KeyFingerprint result;
  const Uint128 value = value_.value();
  result.name_hash = hash128(key.name);
  result.member_expiry = value_.member_expiry();
  result.content =
      HashInput().add(result.name_hash).add(type_tag(key)).add(summary.elements).add(value).hash();
  if (!key.has_expiry && summary.expiring_elements == 0) {
    result.content_and_expiry = result.content;
    return result;
  }
  result.content_and_expiry = HashInput()
                                  .add(result.content)
                                  .add(uint64_t{key.has_expiry})
                                  .add(static_cast<uint64_t>(key.expire_at_ms))
                                  .add(result.member_expiry)
                                  .hash();
  return result;
}

FingerprintText render_key(const KeyFingerprint& key) {
  return {std::string(kFastAlgorithm), to_hex(key.content), to_hex(key.content_and_expiry)};
}

FingerprintText render_fast(const std::map<uint64_t, FastSums>& databases) {
  Uint128 content = 0;
  Uint128 content_and_expiry = 0;
  for (const auto& [database, sums] : databases) {
    if (sums.keys == 0) continue;
    content += HashInput().add(database).add(sums.keys).add(sums.content).hash();
    content_and_expiry +=
        HashInput().add(database).add(sums.keys).add(sums.content_and_expiry).hash();
  }
  return {std::string(kFastAlgorithm), to_hex(content), to_hex(content_and_expiry)};
}

}  // namespace rdbproof
