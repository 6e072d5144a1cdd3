#include "engine/fingerprint/evidence.h"

#include "engine/fingerprint/canonical.h"

namespace rdbproof {
Transcript& Transcript::add(uint64_t number) {
  bytes_.append(reinterpret_cast<const char*>(&number), sizeof number);
  return *this;
}

Transcript& Transcript::add(Bytes text) {
  add(uint64_t{text.size()});
  bytes_.append(text);
  return *this;
}

void EvidenceValue::begin() {
  *this = EvidenceValue();
}

void EvidenceValue::add_set(const Transcript& transcript) {
  set_used_ = true;
  set_.add(transcript.hash());
}

void EvidenceValue::add_sequence(const Transcript& transcript) {
  sequence_ = Transcript("sequence").add(sequence_).add(transcript.hash()).hash();
}

void EvidenceValue::end_stream_entry() {
  if (!in_entry_) return;
  in_entry_ = false;
  add_set(Transcript("stream-entry").add(entry_ms_).add(entry_sequence_).add(sequence_));
  sequence_ = {};
}

void EvidenceValue::add_one(const Element& element) {
  switch (element.kind) {
    case ElementKind::kItem:
      return add_sequence(Transcript("item").add(element.a));
    case ElementKind::kMember:
      return add_set(Transcript("member").add(element.a));
    case ElementKind::kField:
      add_set(Transcript("field").add(element.a).add(element.b));
      if (element.x == kNoExpiry) return;
      return member_expiry_.add(Transcript("expiry").add(element.a).add(element.x).hash());
    case ElementKind::kScored:
      return add_set(Transcript("scored").add(element.a).add(canonical_score(element.x)));
    case ElementKind::kMemberExpiry:
      return member_expiry_.add(Transcript("expiry").add(element.a).add(element.x).hash());
    case ElementKind::kStreamEntry:
      end_stream_entry();
      in_entry_ = true;
      entry_ms_ = element.x;
      entry_sequence_ = element.y;
      return;
    case ElementKind::kStreamField:
      return add_sequence(Transcript("stream-field").add(element.a).add(element.b));
    case ElementKind::kStreamLastId:
      end_stream_entry();
      return add_set(Transcript("stream-last-id").add(element.x).add(element.y));
    case ElementKind::kStreamGroup:
      group_ = Transcript("stream-group").add(element.a).add(element.x).add(element.y).hash();
      return add_set(Transcript("group").add(group_));
    case ElementKind::kStreamConsumer:
      return add_set(Transcript("consumer").add(group_).add(element.a));
    case ElementKind::kStreamPending:
      return add_set(
          Transcript("pending").add(group_).add(element.a).add(element.x).add(element.y).add(
              element.z));
    case ElementKind::kArrayItem:
      return add_set(Transcript("array-item").add(element.x).add(element.a));
    case ElementKind::kArrayInsertIndex:
      return add_set(Transcript("array-insert-index").add(element.x));
    case ElementKind::kVectorSetInfo:
      return add_set(Transcript("vector-set").add(element.x).add(element.y));
    case ElementKind::kVector:
      return add_set(Transcript("vector").add(element.a).add(element.b));
    case ElementKind::kVectorAttribute:
      return add_set(Transcript("vector-attribute").add(element.a).add(element.b));
    case ElementKind::kToken:
      return add_sequence(Transcript("token").add(element.x).add(element.y).add(element.a));
  }
}

void EvidenceValue::add(std::span<const Element> batch) {
  for (const Element& element : batch) add_one(element);
}

Sha256 EvidenceValue::value() {
  end_stream_entry();
  Transcript transcript("value");
  transcript.add(sequence_);
  if (set_used_) transcript.add(set_.digest());
  return transcript.hash();
}

KeyEvidence EvidenceKeys::finish(const Key& key, const ValueSummary& summary) {
  KeyEvidence result;
  result.content = Transcript("key")
                       .add(key.name)
                       .add(Bytes(key.type_name()))
                       .add(summary.elements)
                       .add(value_.value())
                       .hash();
  result.content_and_expiry = result.content;
  if (key.has_expiry || summary.expiring_elements != 0) {
    result.content_and_expiry = Transcript("key-and-expiry")
                                    .add(result.content)
                                    .add(uint64_t{key.has_expiry})
                                    .add(static_cast<uint64_t>(key.expire_at_ms))
                                    .add(value_.member_expiry())
                                    .hash();
  }
  return result;
}

void EvidenceSums::add(const KeyEvidence& key) {
  ++keys;
  content.add(key.content);
  content_and_expiry.add(key.content_and_expiry);
}

void EvidenceSums::merge(const EvidenceSums& other) {
  keys += other.keys;
  content.merge(other.content);
  content_and_expiry.merge(other.content_and_expiry);
}

FingerprintText render_key(const KeyEvidence& key) {
  return {std::string(kEvidenceAlgorithm), to_hex(as_bytes(key.content)),
          to_hex(as_bytes(key.content_and_expiry))};
}

FingerprintText render_evidence(const std::map<uint64_t, EvidenceSums>& databases) {
  Transcript content("data-set");
  Transcript content_and_expiry("data-set-and-expiry");
  for (const auto& [database, sums] : databases) {
    if (sums.keys == 0) continue;
    content.add(database).add(sums.keys).add(sums.content.digest());
    content_and_expiry.add(database).add(sums.keys).add(sums.content_and_expiry.digest());
  }
  return {std::string(kEvidenceAlgorithm), to_hex(as_bytes(content.hash())),
          to_hex(as_bytes(content_and_expiry.hash()))};
}

}  // namespace rdbproof
