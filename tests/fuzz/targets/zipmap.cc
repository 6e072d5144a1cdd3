// Zipmaps: what is accepted has pairs, as many as announced, and its lengths cover every byte.
#include "engine/encoding/zipmap.h"

#include "tests/fuzz/blob_mutator.h"
#include "tests/fuzz/walker_check.h"

namespace rdbproof::fuzz {
namespace {

void run(Bytes input) {
  const Walked walked = check_walk<ZipmapWalker>(input);
  if (!walked.accepted) return;
  const auto announced = static_cast<uint8_t>(input[0]);
  FUZZ_CHECK(!walked.items.empty() && walked.items.size() % 2 == 0, "no pairs");
  FUZZ_CHECK(announced >= 254 || announced * 2u == walked.items.size(), "another count");
  // From a field's end to its value there is a length of 1 or 5 bytes, and the count of free bytes.
  for (size_t i = 0; i < walked.items.size(); i += 2) {
    const Bytes field = walked.items[i].text;
    const Bytes value = walked.items[i + 1].text;
    const auto gap = value.data() - (field.data() + field.size());
    FUZZ_CHECK(gap == (value.size() < 254 ? 2 : 6), "a value does not follow its field");
  }
}

const Registration kTarget{{.name = "zipmap",
                            .run = run,
                            .seed = seed_blobs<ZipmapWalker>,
                            .mutate = mutate_blob<BlobKind::kZipmap>}};

}  // namespace
}  // namespace rdbproof::fuzz
