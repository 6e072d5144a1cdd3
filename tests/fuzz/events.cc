#include "tests/fuzz/events.h"

#include "engine/hash/crc64.h"
#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {

void EventSum::add(Bytes text) {
  const uint64_t size = text.size();
  sum_ = crc64(sum_, Bytes(reinterpret_cast<const char*>(&size), sizeof size));
  if (size != 0) sum_ = crc64(sum_, text);
}

void EventSum::select_database(uint64_t database) {
  FUZZ_CHECK(!in_key_, "a database is selected within a key");
  add("select");
  add(database);
}

void EventSum::begin_key(const Key& key) {
  FUZZ_CHECK(!in_key_, "a key begins within a key");
  in_key_ = true;
  keys.push_back({std::string(key.name), key.offset, false});
  add("begin");
  add(key.name);
  add_offset(key.offset);
  add(key.type_name());
  add(static_cast<uint64_t>(key.expire_at_ms));
  add(uint64_t{key.has_expiry});
}

void EventSum::elements(const Key& key, std::span<const Element> batch) {
  FUZZ_CHECK(in_key_ && !batch.empty(), "elements without a key, or none");
  FUZZ_CHECK(key.name == keys.back().name, "elements of another key");
  for (const Element& element : batch) {
    add(static_cast<uint64_t>(element.kind));
    add(element.a);
    add(element.b);
    add(element.x);
    add(element.y);
    add(element.z);
  }
}

void EventSum::finish_key(const Key& key, bool kept) {
  FUZZ_CHECK(in_key_ && key.name == keys.back().name, "another key ends than began");
  in_key_ = false;
  keys.back().kept = kept;
}

void EventSum::end_key(const Key& key, const ValueSummary& value) {
  finish_key(key, true);
  add("end");
  add(value.encoding);
  add(value.elements);
  add(value.bytes);
  add(value.expiring_elements);
}

void EventSum::drop_key(const Key& key) {
  finish_key(key, false);
  FUZZ_CHECK(!findings.empty(), "a key is dropped without a finding");
  add("drop");
}

void EventSum::aux(Bytes name, Bytes value) {
  add("aux");
  add(name);
  add(value);
}

void EventSum::function(Bytes source) {
  add("function");
  add(source);
}

void EventSum::resize_hint(uint64_t keys_hint, uint64_t expires) {
  add("resize");
  add(keys_hint);
  add(expires);
}

void EventSum::finding(Finding finding) {
  add(kind_of(finding.code).slug);
  add_offset(finding.offset);
  add(finding.key);
  add(finding.detail);
  findings.push_back(std::move(finding));
}

}  // namespace rdbproof::fuzz
