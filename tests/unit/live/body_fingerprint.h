// What a value is, given as a body of DUMP.
#pragma once

#include <string>
#include <vector>

#include "engine/fingerprint/fast_fingerprint.h"
#include "engine/rdb/dump_payload.h"
#include "engine/rdb/record_decoder.h"
#include "tests/unit/rdb/recording_sink.h"

namespace rdbproof::test {

class FingerprintSink final : public EventSink {
 public:
  void begin_key(const Key& key) override { keys_.begin_key(key); }
  void elements(const Key& key, std::span<const Element> batch) override {
    keys_.elements(key, batch);
  }
  void end_key(const Key& key, const ValueSummary& summary) override {
    const KeyFingerprint print = keys_.finish(key, summary);
    const FingerprintText rendered = render_key(print);
    text += std::string(key.type_name()) + " of " + std::to_string(summary.elements) + ": " +
            rendered.content + " " + rendered.content_and_expiry;
  }
  void drop_key(const Key& /*key*/) override { text += "dropped "; }
  void finding(Finding finding) override { text += "finding " + finding.detail + " "; }

  std::string text;

 private:
  FastKeys keys_;
};

// Type, number of elements and fingerprints; or what is wrong.
inline std::string body_fingerprint(Bytes beginning, Bytes body) {
  const FileContext file = context_of(beginning);
  std::string record;
  if (!append_key_record(record, file, "k", std::nullopt, body)) return "not a value";
  FingerprintSink sink;
  RecordDecoder decoder(file, sink);
  decoder.decode(record, 0);
  return sink.text;
}

}  // namespace rdbproof::test
