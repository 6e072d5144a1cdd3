// Keys and elements made by hand.
#pragma once

#include <bit>
#include <string>
#include <vector>

#include "engine/model/event.h"

namespace rdbproof::test {

inline Element item(Bytes text) {
  return {ElementKind::kItem, text};
}
inline Element member(Bytes text) {
  return {ElementKind::kMember, text};
}
inline Element field(Bytes name, Bytes value, uint64_t expiry = kNoExpiry) {
  return {ElementKind::kField, name, value, expiry};
}
inline Element scored(Bytes text, double score) {
  return {ElementKind::kScored, text, {}, std::bit_cast<uint64_t>(score)};
}

// A key with its elements. `count` and `expiring` as a decoder would have summed them up.
struct Sample {
  ValueType type = ValueType::kString;
  std::vector<Element> elements{};
  Bytes name = "k";
  int64_t expire_at_ms = 0;  // 0: none

  Key key() const {
    Key made;
    made.name = name;
    made.type = type;
    made.has_expiry = expire_at_ms != 0;
    made.expire_at_ms = expire_at_ms;
    return made;
  }
  ValueSummary summary() const {
    ValueSummary made;
    made.elements = elements.size();
    for (const Element& element : elements) {
      const bool may =
          element.kind == ElementKind::kField || element.kind == ElementKind::kMemberExpiry;
      if (may && element.x != kNoExpiry) ++made.expiring_elements;
      if (element.kind == ElementKind::kMemberExpiry) --made.elements;
    }
    return made;
  }
};

// Feeds a sample to what fingerprints keys, in batches of at most `batch`.
template <class Keys>
auto fingerprint(const Sample& sample, size_t batch = 128) {
  Keys keys;
  const Key key = sample.key();
  keys.begin_key(key);
  const std::span<const Element> all(sample.elements);
  for (size_t i = 0; i < all.size(); i += batch) {
    keys.elements(key, all.subspan(i, std::min(batch, all.size() - i)));
  }
  return keys.finish(key, sample.summary());
}

}  // namespace rdbproof::test
