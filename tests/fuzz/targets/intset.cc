// Intsets: what is accepted has the announced count of integers, ascending.
#include "engine/encoding/intset.h"

#include "tests/fuzz/blob_mutator.h"
#include "tests/fuzz/walker_check.h"

namespace rdbproof::fuzz {
namespace {

void run(Bytes input) {
  const Walked walked = check_walk<IntsetWalker>(input);
  if (!walked.accepted) return;
  const auto width = load_le<uint32_t>(input.data());
  FUZZ_CHECK(walked.items.size() == load_le<uint32_t>(input.data() + 4), "another count");
  FUZZ_CHECK(input.size() == 8 + width * walked.items.size(), "bytes that nothing counts");
  for (size_t i = 0; i < walked.items.size(); ++i) {
    FUZZ_CHECK(walked.items[i].is_integer, "an item that is no integer");
    FUZZ_CHECK(i == 0 || walked.items[i - 1].integer < walked.items[i].integer, "no order");
  }
}

const Registration kTarget{{.name = "intset",
                            .run = run,
                            .seed = seed_blobs<IntsetWalker>,
                            .mutate = mutate_blob<BlobKind::kIntset>}};

}  // namespace
}  // namespace rdbproof::fuzz
