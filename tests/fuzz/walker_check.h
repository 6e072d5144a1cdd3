// What must hold for every walker of a packed encoding.
#pragma once

#include <string>
#include <vector>

#include "engine/encoding/packed_value.h"
#include "tests/fuzz/target.h"

namespace rdbproof::fuzz {

struct Walked {
  bool accepted = false;
  Code code = Code::kNone;
  uint64_t offset = 0;
  std::vector<PackedValue> items;
};

template <class Walker>
Walked walk(const Blob& blob) {
  Walked walked;
  Walker walker(blob);
  for (PackedValue item; walker.next(item);) {
    walked.items.push_back(item);
    FUZZ_CHECK(walked.items.size() <= blob.data.size(), "more items than bytes");
  }
  walked.accepted = walker.cursor().ok();
  walked.code = walker.cursor().code();
  walked.offset = walker.cursor().offset();
  return walked;
}

inline bool same_item(const PackedValue& a, const PackedValue& b) {
  return a.is_integer == b.is_integer && a.integer == b.integer && a.text == b.text;
}

// A walk whose items lie within the blob, and which comes out the same for a blob that was
// decompressed but for the offset. Whoever accepts a blob refuses it without its last byte.
template <class Walker>
Walked check_walk(Bytes blob) {
  constexpr uint64_t kOffset = 1000;
  const Walked walked = walk<Walker>({blob, kOffset, false});
  for (const PackedValue& item : walked.items) {
    if (item.text.empty()) continue;
    const bool inside = item.text.data() >= blob.data() &&
                        item.text.data() + item.text.size() <= blob.data() + blob.size();
    FUZZ_CHECK(inside, "an item lies outside the blob");
  }
  FUZZ_CHECK(walked.offset >= kOffset && walked.offset <= kOffset + blob.size(), "offset");
  FUZZ_CHECK(walked.accepted == (walked.code == Code::kNone), "accepted with a code");
  const Walked pinned = walk<Walker>({blob, kOffset, true});
  FUZZ_CHECK(pinned.code == walked.code && pinned.offset == kOffset, "another verdict if pinned");
  FUZZ_CHECK(pinned.items.size() == walked.items.size(), "other items if pinned");
  for (size_t i = 0; i < walked.items.size(); ++i) {
    FUZZ_CHECK(same_item(walked.items[i], pinned.items[i]), "another item if pinned");
  }
  if (walked.accepted) {
    const Bytes cut = blob.substr(0, blob.size() - 1);
    FUZZ_CHECK(!walk<Walker>({cut, kOffset, false}).accepted, "accepted without its end");
  }
  return walked;
}

// The strings of a dump that `Walker` takes for its own.
template <class Walker>
void seed_blobs(const Dump& dump, std::vector<std::string>& seeds) {
  constexpr size_t kMostBytes = 4096;
  for_each_string(dump, kMostBytes, [&](const std::string& text) {
    if (walk<Walker>({text, 0, false}).accepted) seeds.push_back(text);
  });
}

}  // namespace rdbproof::fuzz
