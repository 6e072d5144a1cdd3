#include "engine/hash/short_hash.h"

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "engine/hash/hash128.h"
#include "tests/unit/hash/random_bytes.h"

namespace rdbproof {
namespace {

std::vector<Uint128> hash_with(ShortHashKernel kernel, const std::vector<Bytes>& strings) {
  std::vector<Uint128> hashes(strings.size());
  kernel(strings.data(), sizeof(Bytes), strings.size(), hashes.data());
  return hashes;
}

// The end of a page behind which nothing may be read.
class GuardedPage {
 public:
  GuardedPage() {
    base_ = static_cast<char*>(
        ::mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_NE(base_, MAP_FAILED);
    EXPECT_EQ(::mprotect(base_ + kPage, kPage, PROT_NONE), 0);
    std::memset(base_, 0x5A, kPage);
  }
  ~GuardedPage() { ::munmap(base_, 2 * kPage); }
  Bytes last(size_t size) const { return {base_ + kPage - size, size}; }

 private:
  static constexpr size_t kPage = 4096;
  char* base_;
};

TEST(ShortHashTest, AllKernelsAgree) {
  bench::Random random(5);
  const std::string data = test::random_bytes(random, 4096);
  std::vector<Bytes> strings = {Bytes()};
  for (size_t size = 0; size < 300; ++size) {
    for (int i = 0; i < 8; ++i) {
      strings.push_back(Bytes(data).substr(random.below(data.size() - size), size));
    }
  }
  const auto kernels = short_hash_kernels();
  const std::vector<Uint128> expected = hash_with(kernels.front().kernel, strings);
  for (const auto& [name, kernel] : kernels)
    EXPECT_EQ(hash_with(kernel, strings), expected) << name;
  for (size_t i = 0; i < strings.size(); ++i) EXPECT_EQ(hash128(strings[i]), expected[i]);
}

TEST(ShortHashTest, ReadsNothingBehindTheLastPage) {
  const GuardedPage page;
  std::vector<Bytes> strings;
  for (size_t size = 0; size <= 40; ++size) strings.push_back(page.last(size));
  const auto kernels = short_hash_kernels();
  const std::vector<Uint128> expected = hash_with(kernels.front().kernel, strings);
  for (const auto& [name, kernel] : kernels)
    EXPECT_EQ(hash_with(kernel, strings), expected) << name;
}

TEST(ShortHashTest, TakesStringsThatAreMembersOfSomething) {
  struct Pair {
    uint64_t number;
    Bytes text;
    Bytes other;
  };
  const std::vector<Pair> pairs = {{1, "a", "x"}, {2, "bc", "y"}, {3, "", "z"}};
  std::vector<Uint128> hashes(pairs.size());
  hash128_many(&pairs[0].text, sizeof(Pair), pairs.size(), hashes.data());
  for (size_t i = 0; i < pairs.size(); ++i) EXPECT_EQ(hashes[i], hash128(pairs[i].text));
}

TEST(ShortHashTest, TellsPaddingFromZeros) {
  std::set<Uint128> seen;
  const std::string zeros(64, '\0');
  for (size_t size = 0; size <= zeros.size(); ++size) {
    EXPECT_TRUE(seen.insert(hash128(Bytes(zeros).substr(0, size))).second) << size;
  }
}

}  // namespace
}  // namespace rdbproof
