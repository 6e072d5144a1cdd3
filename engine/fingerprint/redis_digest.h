// Redis' own DEBUG DIGEST and DEBUG DIGEST-VALUE, computed from the events of a file.
// Two families: servers hash scores as text, and the printer changed with 7.2. Hash fields with an
// expiry are marked by Redis since 7.4, never by Valkey. Redis src/debug.c.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "engine/hash/sha.h"
#include "engine/model/event.h"

namespace rdbproof {

// 20 bytes, in the two ways of Redis to add data.
class DigestState {
 public:
  void combine(Bytes data);  // d ^= SHA1(data); order does not matter
  void append(Bytes data);   // d = SHA1(d ^ SHA1(data))
  void combine(const DigestState& other) { combine(as_bytes(other.bytes_)); }
  void exclude_or(const Sha1& other);

  const Sha1& bytes() const { return bytes_; }

 private:
  Sha1 bytes_{};
};

enum class ScoreText : uint8_t { kModern, kLegacy };

// The digest of one value in both families.
struct KeyDigests {
  bool available = true;  // false: a module's own code would be needed, or the array is too wide
  Sha1 modern{};
  Sha1 legacy{};
};

class KeyDigester {
 public:
  explicit KeyDigester(bool marks_field_expiry) : marks_field_expiry_(marks_field_expiry) {}

  // A digest of the value alone (DEBUG DIGEST-VALUE), or one that begins with the key's name.
  void begin(const Key& key, bool with_name);
  void add(std::span<const Element> batch);
  KeyDigests finish(const Key& key);

 private:
  void add_one(const Element& element);
  void add_score(const Element& element);
  void add_field(const Element& element);
  void add_array_item(const Element& element);
  void add_cron_token(const Element& element);
  void add_vector_set_info(const Element& element);
  void end_vector();

  bool marks_field_expiry_;
  ValueType type_ = ValueType::kString;
  bool available_ = true;
  DigestState modern_;
  DigestState legacy_;       // of sorted sets; all others are the same in both families
  uint64_t next_index_ = 0;  // of arrays
  uint64_t tokens_ = 0;      // of cron values
  std::string cron_script_;
  DigestState module_;                 // of vector sets: what their callback adds up
  std::optional<DigestState> vector_;  // the element that may get an attribute
};

// Of the keys of one database.
struct DigestSums {
  uint64_t keys = 0;
  uint64_t unavailable = 0;
  DigestState modern;
  DigestState legacy;

  void add(const KeyDigests& key);
  void merge(const DigestSums& other);
};

struct DigestText {
  // Absent if the digest of some value is unavailable.
  std::optional<std::string> modern;
  std::optional<std::string> legacy;
};

DigestText render_digest(const std::map<uint64_t, DigestSums>& databases);

}  // namespace rdbproof
