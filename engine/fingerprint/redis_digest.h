// Redis' own DEBUG DIGEST and DEBUG DIGEST-VALUE, computed from the events of a file.
// Two families: servers hash scores as text, and the printer changed with 7.2. Hash fields with an
// expiry are marked by Redis since 7.4, never by Valkey. Redis src/debug.c.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/fingerprint/digest_chains.h"
#include "engine/hash/sha.h"
#include "engine/model/event.h"

namespace rdbproof {

// The digest of one value in both families.
struct KeyDigests {
  bool available = true;  // false: a module's own code would be needed, or the array is too wide
  Sha1 modern{};
  Sha1 legacy{};
};

// Of the keys of one database: the exclusive or of their digests' hashes.
struct DigestSums {
  uint64_t keys = 0;
  uint64_t unavailable = 0;
  Sha1 modern{};
  Sha1 legacy{};

  void merge(const DigestSums& other);
};

// Collects the data of many keys and hashes it together, in bounded memory.
class KeyDigester {
 public:
  explicit KeyDigester(bool marks_field_expiry);

  // A digest of the value alone (DEBUG DIGEST-VALUE), or one that begins with the key's name. A key
  // that is not finished is forgotten.
  void begin(const Key& key, bool with_name);
  void add(std::span<const Element> batch);
  // Ends the key: its digest now, or as part of the sums later, which is much faster.
  KeyDigests finish(const Key& key);
  void finish_later(const Key& key);
  // Of the keys finished later since the last call.
  DigestSums take_sums();

 private:
  // Its digest is state ^ both ^ that of the family.
  struct PendingKey {
    ValueType type = ValueType::kString;
    bool available = true;
    bool counts = false;  // in the sums
    Sha1 state{};         // of what was appended
    Sha1 both{};          // of what was combined
    Sha1 modern{};        // only what differs: of scores
    Sha1 legacy{};
    Sha1 module{};  // of vector sets: what their callback adds up

    KeyDigests digests() const;
  };
  static constexpr size_t kMostKeys = 2048;

  PendingKey& key() { return keys_.back(); }
  void add_one(const Element& element);
  void append(Bytes data);
  void append_hash(const Sha1& hash);
  void append_stream_id(const Element& element);
  void add_score(const Element& element);
  void add_field(const Element& element);
  void add_array_item(const Element& element);
  void add_cron_token(const Element& element);
  void add_vector_set_info(const Element& element);
  void add_vector(const Element& element);
  void add_attribute(const Element& element);
  void end(const Key& key);
  void make_room(size_t inputs);
  void add_up();
  void settle();

  bool marks_field_expiry_;
  DigestChains chains_;
  std::vector<PendingKey> keys_;  // the last is the current one; up to kMostKeys, which have memory
  DigestSums sums_;
  uint64_t next_index_ = 0;  // of arrays
  uint64_t tokens_ = 0;      // of cron values
  std::string cron_script_;
  bool after_vector_ = false;  // which may get an attribute
};

struct DigestText {
  // Absent if the digest of some value is unavailable.
  std::optional<std::string> modern;
  std::optional<std::string> legacy;
};

DigestText render_digest(const std::map<uint64_t, DigestSums>& databases);

}  // namespace rdbproof
