// The checksum of a whole from the checksums of its parts, which is what lets parts be read in
// parallel.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "engine/hash/crc64.h"

namespace rdbproof {
namespace {

RC_GTEST_PROP(Crc64Laws, OfAWholeIsCombinedFromAnySplit, (const std::string& data)) {
  const size_t split = *rc::gen::inRange<size_t>(0, data.size() + 1);
  const Bytes whole(data);
  const Bytes left = whole.substr(0, split);
  const Bytes right = whole.substr(split);
  RC_ASSERT(crc64_combine(crc64(0, left), crc64(0, right), right.size()) == crc64(0, whole));
  RC_ASSERT(crc64(crc64(0, left), right) == crc64(0, whole));
}

RC_GTEST_PROP(Crc64Laws, OfALongRunOfZerosIsCombinedToo, (uint64_t crc, uint16_t zeros)) {
  const std::string run(zeros, '\0');
  RC_ASSERT(crc64_combine(crc, 0, zeros) == crc64(crc, run));
}

RC_GTEST_PROP(Crc64Laws, CombiningIsAssociative,
              (const std::string& a, const std::string& b, const std::string& c)) {
  const uint64_t left =
      crc64_combine(crc64_combine(crc64(0, a), crc64(0, b), b.size()), crc64(0, c), c.size());
  const uint64_t right = crc64_combine(
      crc64(0, a), crc64_combine(crc64(0, b), crc64(0, c), c.size()), b.size() + c.size());
  RC_ASSERT(left == right);
}

RC_GTEST_PROP(Crc64Laws, PortableGivesTheSame, (uint64_t crc, const std::string& data)) {
  RC_ASSERT(crc64(crc, data) == crc64_portable(crc, data));
}

}  // namespace
}  // namespace rdbproof
