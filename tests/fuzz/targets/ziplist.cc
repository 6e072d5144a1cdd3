// Ziplists: what is accepted reads the same from its tail by the lengths of previous entries, and
// has as many entries as its header says.
#include "engine/encoding/ziplist.h"

#include "tests/fuzz/blob_mutator.h"
#include "tests/fuzz/walker_check.h"

namespace rdbproof::fuzz {
namespace {

constexpr size_t kHeaderBytes = 10;

uint64_t previous_length(Bytes blob, size_t at) {
  const auto first = static_cast<uint8_t>(blob[at]);
  if (first < 254) return first;
  FUZZ_CHECK(at + 5 < blob.size(), "a length of a previous entry that is cut off");
  return load_le<uint32_t>(blob.data() + at + 1);
}

void check_accepted(Bytes blob, const Walked& walked) {
  size_t entries = 0;
  size_t at = load_le<uint32_t>(blob.data() + 4);
  FUZZ_CHECK(at >= kHeaderBytes && at < blob.size(), "the tail is outside");
  while (!walked.items.empty()) {
    ++entries;
    const uint64_t length = previous_length(blob, at);
    if (length == 0) break;
    FUZZ_CHECK(length <= at - kHeaderBytes, "a previous entry outside");
    at -= length;
  }
  FUZZ_CHECK(at == kHeaderBytes, "the way back does not end at the first entry");
  FUZZ_CHECK(entries == walked.items.size(), "another number of entries backwards");
  const auto announced = load_le<uint16_t>(blob.data() + 8);
  FUZZ_CHECK(announced == 65535 || announced == entries, "the header has another count");
}

void run(Bytes input) {
  const Walked walked = check_walk<ZiplistWalker>(input);
  if (walked.accepted) check_accepted(input, walked);
}

const Registration kTarget{{.name = "ziplist",
                            .run = run,
                            .seed = seed_blobs<ZiplistWalker>,
                            .mutate = mutate_blob<BlobKind::kZiplist>}};

}  // namespace
}  // namespace rdbproof::fuzz
