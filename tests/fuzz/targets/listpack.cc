// Listpacks: what is accepted reads the same from its end by the back-lengths, has as many entries
// as its header says, and comes out of the writer with the same entries.
#include "engine/encoding/listpack.h"

#include "engine/encoding/listpack_writer.h"
#include "tests/fuzz/blob_mutator.h"
#include "tests/fuzz/walker_check.h"

namespace rdbproof::fuzz {
namespace {

constexpr size_t kHeaderBytes = 6;

// Where the entry begins that ends before `end`.
size_t previous_entry(Bytes blob, size_t end) {
  uint64_t length = 0;
  size_t at = end;
  for (int shift = 0;; shift += 7) {
    FUZZ_CHECK(at > kHeaderBytes && shift < 35, "a back-length without end");
    const auto byte = static_cast<uint8_t>(blob[--at]);
    length |= uint64_t{byte & 127u} << shift;
    if (byte < 128) break;
  }
  FUZZ_CHECK(length > 0 && length <= at - kHeaderBytes, "a back-length that leads outside");
  return at - length;
}

void check_accepted(Bytes blob, const Walked& walked) {
  size_t entries = 0;
  for (size_t at = blob.size() - 1; at > kHeaderBytes; at = previous_entry(blob, at)) ++entries;
  FUZZ_CHECK(entries == walked.items.size(), "another number of entries backwards");
  const auto announced = load_le<uint16_t>(blob.data() + 4);
  FUZZ_CHECK(announced == 65535 || announced == entries, "the header has another count");
  ListpackWriter writer;
  for (const PackedValue& item : walked.items) {
    item.is_integer ? writer.append_integer(item.integer) : writer.append(item.text);
  }
  const std::string written(writer.finish());
  const Walked again = walk<ListpackWalker>({written, 0, false});
  FUZZ_CHECK(again.accepted && again.items.size() == entries, "refused when written anew");
  TextArena arena;
  for (size_t i = 0; i < entries; ++i) {
    FUZZ_CHECK(text_of(again.items[i], arena) == text_of(walked.items[i], arena),
               "another entry when written anew");
  }
}

void run(Bytes input) {
  const Walked walked = check_walk<ListpackWalker>(input);
  if (walked.accepted) check_accepted(input, walked);
}

const Registration kTarget{{.name = "listpack",
                            .run = run,
                            .seed = seed_blobs<ListpackWalker>,
                            .mutate = mutate_blob<BlobKind::kListpack>}};

}  // namespace
}  // namespace rdbproof::fuzz
