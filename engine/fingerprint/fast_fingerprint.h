// The fast fingerprint of a data set, against accidents. Defined in docs/fingerprint.md.
#pragma once

#include <string>

#include "engine/fingerprint/fast_value.h"
#include "engine/model/by_database.h"

namespace rdbproof {

// Both variants of a fingerprint as hexadecimal text.
struct FingerprintText {
  std::string algorithm;
  std::string content;             // without expiry
  std::string content_and_expiry;  // with the expiry of keys and of members
};

// Of one key.
struct KeyFingerprint {
  Uint128 name_hash = 0;
  Uint128 content = 0;
  Uint128 content_and_expiry = 0;
  Uint128 member_expiry = 0;  // X of docs/fingerprint.md
};

// Sums over the keys of one database; merging is addition.
struct FastSums {
  uint64_t keys = 0;
  Uint128 content = 0;
  Uint128 content_and_expiry = 0;

  void add(const KeyFingerprint& key) {
    ++keys;
    content += key.content;
    content_and_expiry += key.content_and_expiry;
  }
  void merge(const FastSums& other) {
    keys += other.keys;
    content += other.content;
    content_and_expiry += other.content_and_expiry;
  }
};

// Fingerprints key after key.
class FastKeys final : public EventSink {
 public:
  FastKeys() = default;
  explicit FastKeys(const MarkStorage& storage) : value_(storage) {}

  void begin_key(const Key& /*key*/) override { value_.begin(); }
  void elements(const Key& /*key*/, std::span<const Element> batch) override { value_.add(batch); }

  // See FastValue.
  const std::optional<Mark>& repeated_member() { return value_.repeated_member(); }
  const std::optional<std::string>& member_failure() const { return value_.member_failure(); }

  // For the slices of a value.
  FastValue& value() { return value_; }

  // Of the key whose elements were seen since begin_key().
  KeyFingerprint finish(const Key& key, const ValueSummary& summary);

 private:
  FastValue value_;
};

inline constexpr std::string_view kFastAlgorithm = "rdbproof-fast-2";

FingerprintText render_key(const KeyFingerprint& key);
FingerprintText render_fast(const std::map<uint64_t, FastSums>& databases);

}  // namespace rdbproof
