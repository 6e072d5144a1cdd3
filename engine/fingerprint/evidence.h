// The fingerprint for evidence: it withstands an author of the data who wants two data sets to look
// the same. SHA-256 and LtHash; defined in docs/fingerprint.md.
#pragma once

#include <map>
#include <string>

#include "engine/fingerprint/fast_fingerprint.h"
#include "engine/hash/lthash.h"

namespace rdbproof {

// SHA-256 over fields that cannot run into each other: numbers as 8 bytes little-endian, strings
// behind their length.
class Transcript {
 public:
  explicit Transcript(std::string_view purpose) { add(Bytes(purpose)); }
  Transcript& add(uint64_t number);
  Transcript& add(Bytes text);
  Transcript& add(const Sha256& digest) { return add(as_bytes(digest)); }
  Sha256 hash() const { return sha256(bytes_); }

 private:
  std::string bytes_;
};

// The elements of one value: what has order as a chain, what has none as an LtHash.
class EvidenceValue {
 public:
  void begin();
  void add(std::span<const Element> batch);
  Sha256 value();
  Sha256 member_expiry() const { return member_expiry_.digest(); }

 private:
  void add_one(const Element& element);
  void add_set(const Transcript& transcript);
  void add_sequence(const Transcript& transcript);
  void end_stream_entry();

  LtHash set_;
  bool set_used_ = false;
  LtHash member_expiry_;
  Sha256 sequence_{};
  bool in_entry_ = false;
  uint64_t entry_ms_ = 0;
  uint64_t entry_sequence_ = 0;
  Sha256 group_{};  // what consumers and pending entries are bound to
};

struct KeyEvidence {
  Sha256 content{};
  Sha256 content_and_expiry{};
};

struct EvidenceSums {
  uint64_t keys = 0;
  LtHash content;
  LtHash content_and_expiry;

  void add(const KeyEvidence& key);
  void merge(const EvidenceSums& other);
};

class EvidenceKeys final : public EventSink {
 public:
  void begin_key(const Key& /*key*/) override { value_.begin(); }
  void elements(const Key& /*key*/, std::span<const Element> batch) override { value_.add(batch); }
  KeyEvidence finish(const Key& key, const ValueSummary& summary);

 private:
  EvidenceValue value_;
};

inline constexpr std::string_view kEvidenceAlgorithm = "rdbproof-evidence-1";

FingerprintText render_key(const KeyEvidence& key);
FingerprintText render_evidence(const std::map<uint64_t, EvidenceSums>& databases);

}  // namespace rdbproof
